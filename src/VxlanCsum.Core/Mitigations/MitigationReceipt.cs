namespace VxlanCsum;

/// <summary>What Invoke-ChecksumMitigation did.</summary>
/// <remarks>Immutable; fit for ConvertTo-Json.</remarks>
public sealed record MitigationReceipt
{
    /// <summary>By this Undo-ChecksumMitigation finds it; null where nothing was changed.</summary>
    public string? Id { get; init; }

    /// <summary>Which mitigation.</summary>
    public MitigationKind Kind { get; init; }

    /// <summary>Whether anything was changed; false where all was in effect already.</summary>
    public bool Changed { get; init; }

    /// <summary>The state before, a line for each step.</summary>
    public string[] Before { get; init; } = [];

    /// <summary>The state after, a line for each step.</summary>
    public string[] After { get; init; } = [];

    /// <summary>Whether what was read back, walked and probed afterwards is as it should be, and, of a mitigation by
    /// rules, no tunnel packet is translated any more. False also where that could not be looked at.</summary>
    public bool Verified { get; init; }

    /// <summary>What was verified, and with what outcome.</summary>
    public string[] Verification { get; init; } = [];

    /// <summary>The steps that were taken.</summary>
    public MitigationStep[] Steps { get; init; } = [];

    /// <summary>What there is to say about single steps.</summary>
    public string[] Notes { get; init; } = [];

    /// <summary>The command that takes it all back; null where nothing was changed.</summary>
    public string? UndoCommand { get; init; }

    /// <summary>Whether it is applied again after a reboot.</summary>
    public bool Persisted { get; init; }

    /// <summary>The journal that it is kept in.</summary>
    public string? JournalPath { get; init; }

    /// <summary>The network namespace as it was given; null for the session's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>"UnmarkTunnel: changed, verified".</summary>
    public override string ToString() =>
        $"{Kind}: {(Changed ? "changed" : "unchanged")}, {(Verified ? "verified" : "not verified")}";
}
