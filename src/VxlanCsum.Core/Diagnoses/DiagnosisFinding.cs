namespace VxlanCsum;

/// <summary>One thing that a diagnosis found, or could not look at.</summary>
/// <remarks>Immutable; fit for ConvertTo-Json. Control characters in it are escaped.</remarks>
public sealed record DiagnosisFinding
{
    /// <summary>A stable word for what it is, such as "DoubleSnat".</summary>
    public required string Id { get; init; }

    /// <summary>How much it weighs.</summary>
    public FindingSeverity Severity { get; init; }

    /// <summary>Where it comes from.</summary>
    public DiagnosisSource Source { get; init; }

    /// <summary>What was found, in one or two sentences.</summary>
    public string Message { get; init; } = string.Empty;

    /// <summary>What it rests on, so that it can be looked at again by hand: rules, counters, packets.</summary>
    public string[] Evidence { get; init; } = [];

    /// <summary>"Fault DoubleSnat: ...".</summary>
    public override string ToString() => $"{Severity} {Id}: {Message}";
}
