namespace VxlanCsum.Causes;

/// <summary>
/// The inner flows with a bad packet, whatever tunnel direction it was in: a retransmission that is not translated
/// comes from another outer address and heals the flow all the same.
/// </summary>
internal sealed class BrokenFlows(AnalysisBudget budget)
{
    private readonly Dictionary<FlowKey, BrokenFlow> _flows = [];
    private FlowFilter? _filter;

    /// <summary>False for a flow without a bad packet.</summary>
    /// <param name="hash">Of the flow.</param>
    public bool MayHold(int hash) => _filter?.MayHold(hash) == true;

    /// <summary>Null where there are too many.</summary>
    public BrokenFlow? Break(in Observation seen)
    {
        if (!_flows.TryGetValue(seen.Flow, out BrokenFlow? flow))
        {
            if (!budget.TakeBrokenFlow())
            {
                return null;
            }

            flow = new BrokenFlow(seen.Flow, seen.FrameNumber, seen.TimestampNanoseconds);
            _flows.Add(seen.Flow, flow);
            (_filter ??= new()).Add(in seen.Flow);
        }

        flow.AddBad(seen.OuterSource, seen.OuterSourcePort);
        return flow;
    }

    /// <summary>A packet that was right in all it carries.</summary>
    public void Heal(in RightPacket packet)
    {
        if (MayHold(packet.Flow.GetHashCode()) && _flows.TryGetValue(packet.Flow, out BrokenFlow? flow))
        {
            flow.Heal(packet.Source, packet.SourcePort, packet.Frame, packet.Time);
        }
    }
}

/// <summary>What may heal a flow: a packet that was right in all it carries.</summary>
internal readonly record struct RightPacket(FlowKey Flow, HostId Source, ushort SourcePort, long Frame, long Time)
{
    public static RightPacket Of(in Observation seen) =>
        new(seen.Flow, seen.OuterSource, seen.OuterSourcePort, seen.FrameNumber, seen.TimestampNanoseconds);
}

/// <summary>An inner flow of which a packet was bad, and whether a later one got through.</summary>
internal sealed class BrokenFlow(FlowKey key, long frame, long timestamp)
{
    private readonly List<(HostId Address, ushort Port)> _ends = [];

    public FlowKey Key { get; } = key;
    public long FirstFrame { get; } = frame;

    /// <summary>The first right packet after it; 0 while there is none.</summary>
    public long HealedFrame { get; private set; }
    public bool IsHealed { get; private set; }

    /// <summary>From the first bad packet to the first right one; null where there is none, or where text gives no
    /// times.</summary>
    public TimeSpan? Delay { get; private set; }

    /// <summary>Outer source ports that its bad packets had (8 are told apart).</summary>
    public int BadPorts => _ends.Count;

    public void AddBad(HostId address, ushort port)
    {
        if (_ends.Count < 8 && !CameFrom(address, port))
        {
            _ends.Add((address, port));
        }
    }

    /// <summary>A right packet from where bad ones came from is one that the defect does not touch (a super-packet,
    /// say): it heals nothing.</summary>
    public void Heal(HostId address, ushort port, long frame, long now)
    {
        if (!IsHealed && !CameFrom(address, port))
        {
            IsHealed = true;
            HealedFrame = frame;
            Delay = now == 0 && timestamp == 0 ? null : TimeSpan.FromTicks(Math.Max(0, now - timestamp) / 100);
        }
    }

    private bool CameFrom(HostId address, ushort port)
    {
        foreach ((HostId badAddress, ushort badPort) in _ends)
        {
            if (badPort == port && badAddress == address)
            {
                return true;
            }
        }

        return false;
    }
}
