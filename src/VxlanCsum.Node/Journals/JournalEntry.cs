namespace VxlanCsum.Node.Journals;

/// <summary>All that the journal says of one mitigation.</summary>
internal sealed record JournalEntry(string Id, DateTime Time, JournalIntent Intent)
{
    public JournalState State { get; init; } = JournalState.Pending;

    /// <summary>How many of the changes were begun: what was not begun cannot have changed anything.</summary>
    public int Begun { get; init; }

    /// <summary>Of one that is closed: all was as before.</summary>
    public bool WasRestored { get; init; }

    public bool IsOpen => State != JournalState.Closed;

    /// <summary>It stopped half-way, while it was applied or while it was undone.</summary>
    public bool IsInterrupted => State is JournalState.Pending or JournalState.Undoing;
}

/// <summary>How far a mitigation got.</summary>
internal enum JournalState
{
    /// <summary>It was interrupted.</summary>
    Pending,

    /// <summary>It is in effect, as far as the journal knows.</summary>
    Applied,

    /// <summary>Undoing it was interrupted.</summary>
    Undoing,

    /// <summary>It is over.</summary>
    Closed,
}
