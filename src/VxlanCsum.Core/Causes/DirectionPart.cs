namespace VxlanCsum.Causes;

/// <summary>What a stretch of a capture holds of a direction: before its first fault in the stretch, or from it on.</summary>
internal sealed class DirectionPart(DirectionKey key) : DirectionSums(key)
{
    /// <summary>Of the direction, to the thread; -1 where it is of none that is told apart.</summary>
    public int Number { get; init; } = -1;

    /// <summary>It begins with a fault.</summary>
    public bool IsFaulty { get; init; }

    /// <summary>It is of all directions that are not told apart.</summary>
    public bool IsOverflow { get; init; }

    /// <summary>The direction of the whole capture; null where this thread has not joined a part of it yet.</summary>
    public Direction? Whole { get; init; }

    /// <summary>A packet that differs from one that was counted in these is one of many: nothing is remembered of
    /// it.</summary>
    public bool IsSettled(HostId innerSource, ushort port, PortRange range) => Whole is { } whole
        && whole.Ports.IsSettled(port, range) && (whole.InnerSources.IsFull || InnerSources.Holds(innerSource));

    /// <summary>A fault was seen: what comes goes to another part.</summary>
    public bool IsClosed { get; set; }
}
