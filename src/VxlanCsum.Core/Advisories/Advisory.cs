namespace VxlanCsum;

/// <summary>What one version suggests about the fault, with its sources. Never a verdict: rules and packets
/// decide.</summary>
/// <remarks>Immutable; fit for ConvertTo-Json.</remarks>
public sealed record Advisory
{
    /// <summary>The entry of the knowledge that it comes from, such as "kernel-zero-checksum".</summary>
    public required string Id { get; init; }

    /// <summary>The node, where it was given; null otherwise.</summary>
    public string? NodeName { get; init; }

    /// <summary>Whose version.</summary>
    public AdvisorySubject Subject { get; init; }

    /// <summary>The version as it was given or read. Control characters are escaped.</summary>
    public string Version { get; init; } = string.Empty;

    /// <summary>What it suggests.</summary>
    public AdvisorySuggestion Suggests { get; init; }

    /// <summary>The defects that this is about.</summary>
    public ChecksumDefect Defects { get; init; }

    /// <summary>The same in plain words: what this version does, and what to do.</summary>
    public string Message { get; init; } = string.Empty;

    /// <summary>The first version of each line that holds the correction; empty where there is none.</summary>
    public string[] FixedIn { get; init; } = [];

    /// <summary>How well that is known.</summary>
    public AdvisoryCertainty Certainty { get; init; }

    /// <summary>Where it is written.</summary>
    public string[] Sources { get; init; } = [];

    /// <summary>"Kernel 5.4.0-42-generic: Affected (B)".</summary>
    public override string ToString() => $"{Subject} {Version}: {Suggests} ({Defects})";
}
