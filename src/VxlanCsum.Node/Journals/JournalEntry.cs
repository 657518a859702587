namespace VxlanCsum.Node.Journals;

/// <summary>All that the journal says of one mitigation.</summary>
internal sealed record JournalEntry(string Id, DateTime Time, JournalIntent Intent)
{
    public JournalState State { get; init; } = JournalState.Pending;

    /// <summary>How many of the steps were begun: what was not begun cannot have changed anything.</summary>
    public int Begun { get; init; }

    public bool IsOpen => State is JournalState.Pending or JournalState.Applied;
}

/// <summary>How far a mitigation got.</summary>
internal enum JournalState
{
    /// <summary>It was interrupted.</summary>
    Pending,

    /// <summary>It is in effect, as far as the journal knows.</summary>
    Applied,

    /// <summary>It is over.</summary>
    Closed,
}
