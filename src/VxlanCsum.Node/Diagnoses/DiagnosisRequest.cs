namespace VxlanCsum.Node.Diagnoses;

/// <summary>What a diagnosis is to look at beyond what it always does.</summary>
internal sealed record DiagnosisRequest
{
    /// <summary>As for NetworkNamespace.Open; null for the session's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>Instead of the host's name.</summary>
    public string? NodeName { get; init; }

    /// <summary>Between the two readings of the counters, at least.</summary>
    public TimeSpan CounterInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>For each program that is asked.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long to capture below the tunnels; null for not at all.</summary>
    public TimeSpan? CaptureDuration { get; init; }

    /// <summary>How long to watch what the kernel drops; null for not at all.</summary>
    public TimeSpan? DropDuration { get; init; }

    /// <summary>Captures that were taken before: full paths.</summary>
    public IReadOnlyList<string> Captures { get; init; } = [];

    /// <summary>Ask a service by UDP and TCP.</summary>
    public bool Probe { get; init; }

    /// <summary>The service to ask; null for the cluster's DNS, found on the node.</summary>
    public string? ProbeServer { get; init; }

    /// <summary>What to ask for; null for the name that every cluster's DNS knows.</summary>
    public string? ProbeName { get; init; }

    /// <summary>The journal of mitigations, a full path; null for the usual one.</summary>
    public string? JournalPath { get; init; }

    /// <summary>Find out what the kernel does.</summary>
    public bool TestKernel { get; init; }

    /// <summary>Keep the rules as they were printed: all of them, not only those that decide.</summary>
    public bool KeepRules { get; init; }

    /// <summary>Where captures are kept: an empty folder; null where they are not.</summary>
    public string? KeepCapturesIn { get; init; }
}
