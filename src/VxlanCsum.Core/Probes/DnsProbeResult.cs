namespace VxlanCsum;

/// <summary>How one server answers by one transport.</summary>
/// <remarks>Immutable; fit for ConvertTo-Json.</remarks>
public sealed record DnsProbeResult
{
    /// <summary>The server's address.</summary>
    public string Server { get; init; } = string.Empty;

    /// <summary>Its port.</summary>
    public int Port { get; init; }

    /// <summary>How the address was found; null where it was given.</summary>
    public string? ServerOrigin { get; init; }

    /// <summary>What was asked for.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>The type of record that was asked for ("A").</summary>
    public string QueryType { get; init; } = string.Empty;

    /// <summary>UDP or TCP.</summary>
    public DnsTransport Transport { get; init; }

    /// <summary>What the attempts have in common.</summary>
    public DnsSymptom Symptom { get; init; }

    /// <summary>How that comes about, in a sentence.</summary>
    public string Mechanism { get; init; } = string.Empty;

    /// <summary>The look-ups, in order.</summary>
    public DnsProbeAttempt[] Attempts { get; init; } = [];

    /// <summary>The time each look-up took, in the order of the attempts; null where no answer came.</summary>
    public TimeSpan?[] Latencies => [.. Attempts.Select(static a => a.Latency)];

    /// <summary>The longest of them; null where no answer came at all.</summary>
    public TimeSpan? Slowest => Attempts.Max(static a => a.Latency);

    /// <summary>What was found, by the last look-up that was answered.</summary>
    public string[] Answer => Attempts.LastOrDefault(static a => a.Outcome == DnsProbeOutcome.Answered)?.Answer ?? [];

    /// <summary>The server's answer in a word; null where none came.</summary>
    public string? ResponseCode => Attempts.LastOrDefault(static a => a.ResponseCode is not null)?.ResponseCode;

    /// <summary>How many look-ups were answered.</summary>
    public int Answered => Attempts.Count(static a => a.Outcome == DnsProbeOutcome.Answered);

    /// <summary>The address that was asked from; null where the kernel chose.</summary>
    public string? SourceAddress { get; init; }

    /// <summary>The network namespace as it was given; null for the session's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>"10.96.0.10 Tcp: SynRetransmit1s".</summary>
    public override string ToString() => $"{Server} {Transport}: {Symptom}";
}
