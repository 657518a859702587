namespace VxlanCsum;

/// <summary>What Undo-ChecksumMitigation did about one mitigation.</summary>
/// <remarks>Immutable.</remarks>
public sealed record MitigationUndo
{
    /// <summary>The id of its receipt.</summary>
    public string Id { get; init; } = string.Empty;

    /// <summary>Which mitigation; null for the rules of an interrupted Watch-MasqueradeMark.</summary>
    public MitigationKind? Kind { get; init; }

    /// <summary>Whether anything was changed.</summary>
    public bool Changed { get; init; }

    /// <summary>Whether the former state was read back; false where others changed it since, which was left alone, and
    /// where it could not be looked at.</summary>
    public bool Restored { get; init; }

    /// <summary>Whether the journal is done with it: because all is as it was, or because -Force said so.</summary>
    public bool Closed { get; init; }

    /// <summary>What was done about each step, last first.</summary>
    public string[] Steps { get; init; } = [];

    /// <summary>When it was applied (UTC).</summary>
    public DateTime AppliedAt { get; init; }

    /// <summary>The network namespace as it was given; null for the session's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>"UnmarkTunnel: restored".</summary>
    public override string ToString() => $"{Kind?.ToString() ?? Id}: {(Restored ? "restored" : "left in part")}";
}
