using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>Wrong checksums inside a tunnel, outside of tunnels, or in IP headers, by flow: a stale checksum is off by the same amount in all packets of a flow.</summary>
internal sealed class InnerFaults(AnalysisBudget budget)
{
    private readonly Dictionary<FlowKey, DamagedFlow> _index = [];

    /// <summary>In order of appearance.</summary>
    public List<DamagedFlow> Flows { get; } = [];
    public List<DamagedPacket> Packets { get; } = [];
    public long Count { get; private set; }
    public long Untracked { get; private set; }

    /// <summary>Packets whose outer checksum is right for the damaged bytes: the damage is older than the encapsulation.</summary>
    public long OlderThanTunnel { get; private set; }

    /// <summary>Packets whose outer checksum is off by the same amount: the damage is younger.</summary>
    public long YoungerThanTunnel { get; private set; }

    /// <summary>Packets with a zero where zero is forbidden.</summary>
    public long Illegal { get; private set; }

    public void Add(in Observation seen)
    {
        Count++;
        ref readonly LayerRecord layer = ref seen.Damaged;
        bool known = layer.Status == ChecksumStatus.Bad && (layer.Flags & (LayerFlags.HasExpected | LayerFlags.HasCompleted)) != 0;
        uint right = (layer.Flags & LayerFlags.HasCompleted) != 0 ? layer.Completed : layer.Expected;
        int delta = known && layer.Protocol != ChecksumProtocol.Sctp ? Residue.Of((long)layer.Found - right) : 0;
        if (layer.Status == ChecksumStatus.Illegal)
        {
            Illegal++;
        }

        if (seen.HasOuter && known)
        {
            OlderThanTunnel += seen.Outer.Status == ChecksumStatus.Good ? 1 : 0;
            YoungerThanTunnel += seen.Outer.Status == ChecksumStatus.Bad && Residue.Of((long)seen.Outer.Found - seen.Outer.Expected) == delta ? 1 : 0;
        }

        if (!_index.TryGetValue(seen.DamagedFlow, out DamagedFlow? flow) && budget.TakeBinding(Flows.Count))
        {
            flow = new DamagedFlow(seen.DamagedFlow, delta) { CanBeStale = known && HasPseudoHeader(layer.Protocol) };
            _index.Add(seen.DamagedFlow, flow);
            Flows.Add(flow);
        }

        if (flow is null)
        {
            Untracked++;
        }
        else
        {
            flow.Add(((long)layer.Length << 32) | right, delta);
        }

        if (budget.TakeEvidence(Packets.Count))
        {
            Packets.Add(new DamagedPacket(seen.Path, seen.FrameNumber, seen.DamagedFlow, layer));
        }
    }

    /// <summary>An address that NAT rewrites is covered by these; by ICMPv4 and SCTP it is not.</summary>
    private static bool HasPseudoHeader(ChecksumProtocol protocol) => protocol
        is ChecksumProtocol.Tcp or ChecksumProtocol.Udp or ChecksumProtocol.UdpLite or ChecksumProtocol.IcmpV6 or ChecksumProtocol.IPv4;
}

/// <summary>A flow with wrong checksums.</summary>
internal sealed class DamagedFlow(FlowKey key, int delta)
{
    private const int ContentsRemembered = 16;
    private readonly List<long> _contents = [];

    public FlowKey Key { get; } = key;

    /// <summary>What its first packet carries minus what is right (mod 65535).</summary>
    public int Delta { get; } = delta;
    public bool CanBeStale { get; init; }
    public long Packets { get; private set; }
    public int Agreeing { get; private set; }
    public int Disagreeing { get; private set; }

    public void Add(long content, int delta)
    {
        Packets++;
        if (delta != Delta)
        {
            Disagreeing++;
        }
        else if (_contents.Count < ContentsRemembered && !_contents.Contains(content))
        {
            _contents.Add(content);
            Agreeing++;
        }
    }
}

/// <summary>One packet with a wrong inner checksum, kept as evidence.</summary>
internal readonly record struct DamagedPacket(int Path, long Frame, FlowKey Flow, LayerRecord Layer);
