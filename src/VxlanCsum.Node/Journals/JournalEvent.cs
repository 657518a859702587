using System.Text.Json.Serialization;
using VxlanCsum.Mitigations;

namespace VxlanCsum.Node.Journals;

/// <summary>A line of the journal.</summary>
internal sealed record JournalEvent
{
    /// <summary>1 held commands; what holds them is not carried out any more.</summary>
    public const int CurrentVersion = 2;

    public int Version { get; init; } = CurrentVersion;
    public required string Id { get; init; }
    public required JournalEventType Event { get; init; }
    public DateTime Time { get; init; }

    /// <summary>Of an intent: all that undoing needs.</summary>
    public JournalIntent? Intent { get; init; }

    /// <summary>The change that begins or is done, counted from 0.</summary>
    public int? Step { get; init; }

    /// <summary>Of the end of an undo: whether all was as before.</summary>
    public bool? Restored { get; init; }

    public string[]? Notes { get; init; }
}

/// <summary>What is about to be changed, where, and what was there before.</summary>
/// <param name="Kind">Which mitigation; null for what Watch-MasqueradeMark puts in.</param>
/// <param name="Place">The network namespace.</param>
/// <param name="BootId">Of the running kernel: after a reboot its state is another, whoever made that.</param>
/// <param name="Owner">
/// Names the <see cref="OwnerLock"/> of the one who takes it back himself and has it until then; null for what stays
/// until it is undone.
/// </param>
internal sealed record JournalIntent(
    MitigationKind? Kind, JournalPlace Place, string BootId, NodeChange[] Changes, bool Persisted, string? Owner = null)
{
    /// <summary>What ids begin with.</summary>
    [JsonIgnore]
    public string Name => Kind?.ToString() ?? "WatchMasqueradeMark";

    [JsonIgnore]
    public string? NetworkNamespace => Place.Spec;

    /// <summary>What is wrong with it; null where it is one that this module writes.</summary>
    public string? Problem() =>
        Kind is { } kind && !Enum.IsDefined(kind) ? "it is of a kind that this version does not know"
        : Place?.Id is null || BootId is null ? "it does not say where it was"
        : Changes is not { Length: > 0 } || Array.Exists(Changes, static c => c is null) ? "it has no changes"
        : Changes.Select(static c => c.Problem()).FirstOrDefault(static p => p is not null) is { } wrong
            ? $"it has {wrong}"
        : null;
}

/// <summary>A network namespace.</summary>
/// <param name="Spec">As it was given; null for the session's own.</param>
/// <param name="Id">The kernel's name for it, such as "net:[4026531840]"; the number is given again once it is
/// gone.</param>
/// <param name="Cookie">The kernel's number for it that is never given again; null before Linux 5.14.</param>
/// <param name="IsHost">It is that of the machine's first process.</param>
internal sealed record JournalPlace(string? Spec, string Id, ulong? Cookie, bool IsHost);

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

    /// <summary>Before it is undone.</summary>
    Undoing,

    /// <summary>Undoing it came to its end, and not all is as it was.</summary>
    Left,

    /// <summary>It was undone, or closed by someone who knows better.</summary>
    Undone,
}
