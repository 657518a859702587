namespace VxlanCsum.Causes;

/// <summary>What a stretch of a capture holds of a flow.</summary>
/// <param name="key">The flow.</param>
/// <param name="partsBefore">Parts of directions that were begun before it, its own among them.</param>
/// <param name="part">That its first packet is in.</param>
internal struct ShardFlow(FlowKey key, int partsBefore, int part)
{
    private HostId _noted;
    private int _notedPort = -1;

    public readonly FlowKey Key => key;
    public readonly int PartsBefore => partsBefore;
    public readonly int Part => part;

    /// <summary>Packets in that part.</summary>
    public long Packets;

    /// <summary>There was no room for it when it was joined.</summary>
    public bool IsUntraced;

    /// <summary>As in a <see cref="FlowTrace"/>.</summary>
    public long Right;
    public bool Seed, Data;

    /// <summary>Of those that count its common frames; -1 where none does.</summary>
    public int FirstCell = -1;

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
