namespace VxlanCsum.Causes;

internal readonly record struct DirectionKey(TunnelType Tunnel, HostId Source, HostId Destination)
{
    public bool Equals(DirectionKey other) => Source.Equals(other.Source) && Destination.Equals(other.Destination)
        && Tunnel == other.Tunnel;

    public override int GetHashCode() =>
        (((Source.GetHashCode() * 31) + Destination.GetHashCode()) * 31) + (int)Tunnel;

    public static DirectionKey Of(in Observation seen) => seen.Tunnel == TunnelType.None
        ? new(TunnelType.None, seen.OuterSource, default)
        : new(seen.Tunnel, seen.OuterSource, seen.OuterDestination);
}

/// <summary>One tunnel direction, or one host's packets outside of tunnels: what is counted of it, and its faults, which
/// are remembered one by one as long as there is room.</summary>
internal sealed class Direction(DirectionKey key, AnalysisBudget budget, BrokenFlows flows) : DirectionSums(key)
{
    private readonly HashSet<BrokenFlow> _broken = [];

    public OuterFaults Outer { get; } = new(budget);
    public InnerFaults Inner { get; } = new(budget);
    public HashSet<BrokenFlow> Broken => _broken;

    /// <summary>Bad packets of inner flows beyond those that are followed to see whether they heal.</summary>
    public long Unfollowed { get; private set; }

    /// <summary>What is wrong with a bad packet that was counted. In the order of the capture: a fault that is seen
    /// when there is no more room is not remembered.</summary>
    public void AddFault(in Observation seen)
    {
        if (seen.HasDamaged)
        {
            Inner.Add(in seen);
        }
        else
        {
            Outer.Add(in seen);
        }

        Follow(in seen);
    }

    /// <summary>Counted in the object as well: a packet whose flow has no room is not said to have got
    /// through or not.</summary>
    private void Follow(in Observation seen)
    {
        if (Key.Tunnel == TunnelType.None)
        {
            return;
        }

        if (flows.Break(in seen) is not { } flow || !IsFollowed(flow))
        {
            Unfollowed++;
        }
    }

    /// <summary>It is from now on, where there is room.</summary>
    private bool IsFollowed(BrokenFlow flow)
    {
        if (_broken.Count >= AnalysisBudget.FlowsPerDirection)
        {
            return _broken.Contains(flow);
        }

        _broken.Add(flow);
        return true;
    }
}
