namespace VxlanCsum.Node.Mitigations;

/// <summary>What became of a change that was to be taken back, as it was read afterwards.</summary>
internal sealed record ReversalResult(Reversal Outcome, string Text)
{
    /// <summary>Something was changed on the way, whatever the outcome.</summary>
    public bool DidChange { get; init; } = Outcome == Reversal.Restored;

    /// <summary>The former state is there.</summary>
    public bool IsRestored => Outcome is Reversal.Restored or Reversal.Gone;
}

/// <summary>How taking a change back ended.</summary>
internal enum Reversal
{
    /// <summary>It was taken back, and the former state was read.</summary>
    Restored,

    /// <summary>The former state was there already.</summary>
    Gone,

    /// <summary>Someone else changed the same since; that was left alone.</summary>
    Changed,

    /// <summary>It cannot be told, or could not be done.</summary>
    Unknown,
}
