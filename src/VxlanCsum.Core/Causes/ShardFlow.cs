namespace VxlanCsum.Causes;

/// <summary>A flow as one thread knows it, and what its stretch of a capture holds of it.</summary>
/// <param name="key">The flow.</param>
internal struct ShardFlow(FlowKey key)
{
    private HostId _noted;
    private int _notedPort = -1;

    public readonly FlowKey Key => key;

    /// <summary>What the whole remembers of it; null where it was not joined, or had no room.</summary>
    public FlowTrace? Trace;

    /// <summary>Which stretch of the thread what follows is of.</summary>
    public int Stretch;

    /// <summary>Parts of directions that were begun before it, its own among them.</summary>
    public int PartsBefore;

    /// <summary>The part that its first packet is in, and its packets in that part.</summary>
    public int Part;
    public long Packets;

    /// <summary>There was no room for it when it was joined.</summary>
    public bool IsUntraced;

    /// <summary>As in a <see cref="FlowTrace"/>.</summary>
    public long Right;
    public bool Seed, Data;

    /// <summary>Of those that count its common frames; -1 where none does.</summary>
    public int FirstCell = -1;

    /// <summary>Begins another stretch.</summary>
    public void Begin(int stretch, int partsBefore, int part)
    {
        (Stretch, PartsBefore, Part) = (stretch, partsBefore, part);
        Packets = Right = 0;
        Seed = Data = IsUntraced = false;
        FirstCell = _notedPort = -1;
    }

    /// <summary>False where the sender's packet before was noted as well.</summary>
    public bool Note(in Observation seen)
    {
        if (_notedPort == seen.OuterSourcePort && _noted == seen.OuterSource)
        {
            return false;
        }

        (_noted, _notedPort) = (seen.OuterSource, seen.OuterSourcePort);
        return true;
    }

    public void Forget() => _notedPort = -1;
}
