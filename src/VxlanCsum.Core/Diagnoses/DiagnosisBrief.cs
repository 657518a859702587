namespace VxlanCsum;

/// <summary>A diagnosis in a dozen lines, as it is shown where nothing else is asked for.</summary>
/// <remarks>Immutable; fit for ConvertTo-Json. Control characters in it are escaped.</remarks>
public sealed record DiagnosisBrief
{
    /// <summary>Node, verdict, cause, and how sure that is: "node7: FaultActive, NatLocalChecksum (certain:
    /// ...)".</summary>
    public string Headline { get; init; } = string.Empty;

    /// <summary>What that means, in a sentence or two.</summary>
    public string Meaning { get; init; } = string.Empty;

    /// <summary>What there is to know and to do.</summary>
    public IReadOnlyList<DiagnosisBriefLine> Lines { get; init; } = [];

    /// <summary>The headline.</summary>
    public override string ToString() => Headline;
}
