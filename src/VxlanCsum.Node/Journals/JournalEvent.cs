using System.Text.Json.Serialization;

namespace VxlanCsum.Node.Journals;

/// <summary>A line of the journal.</summary>
internal sealed record JournalEvent
{
    public int Version { get; init; } = 1;
    public required string Id { get; init; }
    public required JournalEventType Event { get; init; }
    public DateTime Time { get; init; }

    /// <summary>Of an intent: all that undoing needs.</summary>
    public JournalIntent? Intent { get; init; }

    /// <summary>The step that begins or is done, counted from 0.</summary>
    public int? Step { get; init; }

    public string[]? Notes { get; init; }
}

/// <summary>What is about to be changed, and how that is taken back.</summary>
/// <param name="NetworkNamespace">As it was given; null for the session's own.</param>
/// <param name="NamespaceId">The kernel's name for it: one made anew under the same name has another.</param>
/// <param name="BootId">Of the running kernel: after a reboot its state is gone by itself.</param>
/// <param name="Kind">Which mitigation; null for what Watch-MasqueradeMark puts in.</param>
/// <param name="Owner">
/// Names the <see cref="OwnerLock"/> of the one who takes it back himself and has it until then; null for what stays until it is undone.
/// </param>
internal sealed record JournalIntent(
    MitigationKind? Kind, string? NetworkNamespace, string NamespaceId, string BootId, MitigationStep[] Steps, bool Persisted, string? Owner = null)
{
    /// <summary>What ids begin with.</summary>
    [JsonIgnore]
    public string Name => Kind?.ToString() ?? "WatchMasqueradeMark";
}

/// <summary>What a line of the journal says.</summary>
internal enum JournalEventType
{
    /// <summary>Before the first step.</summary>
    Intent,

    /// <summary>Before a step.</summary>
    Begin,

    /// <summary>After a step.</summary>
    Done,

    /// <summary>After the last step.</summary>
    Applied,

    /// <summary>A step failed, and those before it were taken back.</summary>
    RolledBack,

    /// <summary>It was undone.</summary>
    Undone,
}
