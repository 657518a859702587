namespace VxlanCsum;

/// <summary>One look-up of Test-KubeServiceDns.</summary>
/// <remarks>Immutable; fit for ConvertTo-Json.</remarks>
public sealed record DnsProbeAttempt
{
    /// <summary>Its number, from 1.</summary>
    public int Number { get; init; }

    /// <summary>When it began (UTC).</summary>
    public DateTime Time { get; init; }

    /// <summary>How it ended.</summary>
    public DnsProbeOutcome Outcome { get; init; }

    /// <summary>From the first packet to the answer; null where none came.</summary>
    public TimeSpan? Latency { get; init; }

    /// <summary>TCP: how long the handshake took; null where it did not end, and for UDP.</summary>
    public TimeSpan? ConnectTime { get; init; }

    /// <summary>
    /// How many packets were lost before one was answered: UDP queries, each asked again from a new port; TCP SYNs, as
    /// the kernel counts them. Where nothing was answered, how many were sent in vain after the first. Null where it is
    /// not known.
    /// </summary>
    public int? Retransmissions { get; init; }

    /// <summary>The server's answer in a word ("NoError", "NotExistentDomain"); null where none came.</summary>
    public string? ResponseCode { get; init; }

    /// <summary>What was found, in the server's order; control characters escaped.</summary>
    public string[] Answer { get; init; } = [];

    /// <summary>What the system said where it failed; null where it did not.</summary>
    public string? Error { get; init; }

    /// <summary>"1: Answered in 1.02 s".</summary>
    public override string ToString() => Latency is { } latency
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{Number}: {Outcome} in {latency.TotalSeconds:0.###} s")
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Number}: {Outcome}");
}
