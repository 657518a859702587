namespace VxlanCsum;

/// <summary>One of the kernel's counters of packets that were dropped for their checksum or header.</summary>
/// <remarks>Immutable. Counts begin with the network namespace.</remarks>
public sealed record ChecksumErrorCounter
{
    [System.Text.Json.Serialization.JsonConstructor]
    internal ChecksumErrorCounter(string protocol, string counter, ulong value)
    {
        Protocol = protocol;
        Counter = counter;
        Value = value;
    }

    /// <summary>The kernel's word: "Udp", "Udp6", "UdpLite", "UdpLite6", "Tcp" (both IP versions), "Icmp", "Icmp6",
    /// "Ip", "Ip6".</summary>
    public string Protocol { get; init; }

    /// <summary>"InCsumErrors", or for IP "InHdrErrors", which counts more than bad checksums.</summary>
    public string Counter { get; init; }

    /// <summary>Packets since the namespace began.</summary>
    public ulong Value { get; init; }

    /// <summary>Packets since the reading before; null for a single reading.</summary>
    public long? Delta { get; init; }

    /// <summary>Packets a second since the reading before; null for a single reading.</summary>
    public double? Rate { get; init; }

    /// <summary>When it was read, UTC.</summary>
    public DateTime Timestamp { get; init; }

    /// <summary>The network namespace as it was given (name, path or process id); null for the session's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>"Udp InCsumErrors 42".</summary>
    public override string ToString() => $"{Protocol} {Counter} {Value}";
}
