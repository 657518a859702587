namespace VxlanCsum.Node.Mitigations;

/// <summary>What became of a step that was to be taken back.</summary>
internal sealed record ReversalResult(Reversal Outcome, string Text);

/// <summary>How taking a step back ended.</summary>
internal enum Reversal
{
    /// <summary>The step leaves nothing.</summary>
    Nothing,

    /// <summary>It was taken back.</summary>
    Restored,

    /// <summary>Its effect was gone already.</summary>
    Gone,

    /// <summary>Someone else changed the same since; that was left alone.</summary>
    Changed,
}
