namespace VxlanCsum;

/// <summary>A kind of mitigation on a node: whether it can be applied there, is applied, and what it costs.</summary>
/// <remarks>Immutable.</remarks>
public sealed record ChecksumMitigation
{
    internal ChecksumMitigation(MitigationKind kind) => Kind = kind;

    /// <summary>Which one.</summary>
    public MitigationKind Kind { get; init; }

    /// <summary>Its place by cost and risk; 1 is the best.</summary>
    public int Rank { get; init; }

    /// <summary>Whether it can be applied here, or is.</summary>
    public bool Applicable { get; init; }

    /// <summary>Whether all that it would do is in effect, whoever did it.</summary>
    public bool Applied { get; init; }

    /// <summary>The defects that it cures.</summary>
    public ChecksumDefect Cures { get; init; }

    /// <summary>What it costs.</summary>
    public string Cost { get; init; } = string.Empty;

    /// <summary>What it outlives, and what not.</summary>
    public string Survives { get; init; } = string.Empty;

    /// <summary>What it does here, or why it cannot be applied.</summary>
    public string Reason { get; init; } = string.Empty;

    /// <summary>What breaks here; then it is applied with -Force only. Null where nothing does.</summary>
    public string? Danger { get; init; }

    /// <summary>The commands that it consists of.</summary>
    public string[] Commands { get; init; } = [];

    /// <summary>The commands that are left to run, with -Persist those too that persist it; empty where all is in
    /// effect.</summary>
    public string[] Missing { get; init; } = [];

    /// <summary>The state now, a line for each change that it consists of.</summary>
    public string[] Before { get; init; } = [];

    /// <summary>The state that it leads to, a line for each change.</summary>
    public string[] After { get; init; } = [];

    /// <summary>The id under which it was applied here by Invoke-ChecksumMitigation; null where it was not, or was
    /// undone.</summary>
    public string? Id { get; init; }

    /// <summary>The files by which it is applied again after a reboot; empty where it is not persisted.</summary>
    public string[] PersistedBy { get; init; } = [];

    /// <summary>What was applied or persisted but is not in effect any more, and who is likely to have taken it back;
    /// null where there is none.</summary>
    public string? Drift { get; init; }

    /// <summary>Where to read about it.</summary>
    public string[] Sources { get; init; } = [];

    /// <summary>The node that it is about; null where that is not known.</summary>
    public string? NodeName { get; init; }

    /// <summary>Tells the node from others of the same name: made from its machine-id, which it does not show. Null
    /// where it is not known.</summary>
    public string? NodeId { get; init; }

    /// <summary>Whether it was found on the node itself or in what was saved of it.</summary>
    public EvidenceOrigin Origin { get; init; }

    /// <summary>The network namespace as it was given; null for the session's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>The kind.</summary>
    public override string ToString() => Kind.ToString();
}
