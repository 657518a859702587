namespace VxlanCsum.Causes;

/// <summary>What a stretch of a capture holds of a direction: before its first fault in the stretch, or from it on.</summary>
internal sealed class DirectionPart(DirectionKey key) : DirectionSums(key)
{
    /// <summary>It begins with a fault.</summary>
    public bool IsFaulty { get; init; }

    /// <summary>It is of all directions that are not told apart.</summary>
    public bool IsOverflow { get; init; }

    /// <summary>A fault was seen: what comes goes to another part.</summary>
    public bool IsClosed { get; set; }
}
