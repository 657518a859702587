using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>
/// Wrong checksums inside a tunnel, outside of tunnels, or in IP headers: by flow, and by the difference to the right
/// value, which a rewritten address makes one. All are sums.
/// </summary>
internal sealed class InnerFaults(AnalysisBudget budget)
{
    private readonly Dictionary<FlowKey, DamagedFlow> _index = [];

    /// <summary>In order of appearance.</summary>
    public List<DamagedFlow> Flows { get; } = [];

    public List<DamagedPacket> Packets { get; } = [];

    /// <summary>The layers that have a wrong checksum: what is named in words.</summary>
    public List<DamagedLayer> Layers { get; } = [];
    public long Count { get; private set; }
    public long Untracked { get; private set; }

    /// <summary>Packets whose outer checksum is right for the damaged bytes: the damage is older than the
    /// encapsulation.</summary>
    public long OlderThanTunnel { get; private set; }

    /// <summary>Packets whose outer checksum is off by the same amount: the damage is younger.</summary>
    public long YoungerThanTunnel { get; private set; }

    /// <summary>Packets with a zero where zero is forbidden.</summary>
    public long Illegal { get; private set; }

    public void Add(in Observation seen)
    {
        Count++;
        ref readonly LayerRecord layer = ref seen.Damaged;
        Note(layer.Depth, layer.Protocol);
        bool known = layer.Status == ChecksumStatus.Bad
            && (layer.Flags & (LayerFlags.HasExpected | LayerFlags.HasCompleted)) != 0;
        uint right = (layer.Flags & LayerFlags.HasCompleted) != 0 ? layer.Completed : layer.Expected;
        int delta = known && layer.Protocol != ChecksumProtocol.Sctp ? Residue.Of((long)layer.Found - right) : 0;
        Illegal += layer.Status == ChecksumStatus.Illegal ? 1 : 0;
        // An address in a header that is wrong is covered by the outer checksum as well: that says nothing of when.
        if (seen.HasOuter && known && layer.Protocol != ChecksumProtocol.IPv4)
        {
            CompareWithTunnel(in seen.Outer, delta);
        }

        AddFlow(in seen, known, delta, ((long)layer.Length << 32) | right);
        if (budget.TakeEvidence(Packets.Count))
        {
            Packets.Add(new DamagedPacket(seen.Path, seen.FrameNumber, seen.DamagedFlow, layer));
        }
    }

    private void Note(byte depth, ChecksumProtocol protocol)
    {
        foreach (DamagedLayer layer in Layers)
        {
            if (layer.Depth == depth && layer.Protocol == protocol)
            {
                return;
            }
        }

        Layers.Add(new DamagedLayer(depth, protocol));
    }

    private void CompareWithTunnel(in LayerRecord outer, int delta)
    {
        OlderThanTunnel += outer.Status == ChecksumStatus.Good ? 1 : 0;
        YoungerThanTunnel += outer.Status == ChecksumStatus.Bad
            && Residue.Of((long)outer.Found - outer.Expected) == delta ? 1 : 0;
    }

    /// <summary>Distinct packets by their difference; "local" are those whose checksum covers addresses.</summary>
    public Tallies Deltas()
    {
        Tallies tallies = new();
        foreach (DamagedFlow flow in Flows)
        {
            foreach ((long content, int delta) in flow.Distinct)
            {
                if (delta != 0)
                {
                    tallies.Add((ushort)delta, (ushort)content, flow.CanBeStale);
                }
            }

            tallies.AddRest(flow.Unremembered);
        }

        return tallies;
    }

    private void AddFlow(in Observation seen, bool known, int delta, long content)
    {
        if (!_index.TryGetValue(seen.DamagedFlow, out DamagedFlow? flow) && budget.TakeBinding(Flows.Count))
        {
            flow = new DamagedFlow(seen.DamagedFlow,
                delta)
            { CanBeStale = known && HasPseudoHeader(seen.Damaged.Protocol) };
            _index.Add(seen.DamagedFlow, flow);
            Flows.Add(flow);
        }

        if (flow is null)
        {
            Untracked++;
        }
        else
        {
            flow.Add(content, known ? delta : 0);
        }
    }

    /// <summary>An address that NAT rewrites is covered by these; by ICMPv4 and SCTP it is not.</summary>
    private static bool HasPseudoHeader(ChecksumProtocol protocol) => protocol
        is ChecksumProtocol.Tcp or ChecksumProtocol.Udp or ChecksumProtocol.UdpLite or ChecksumProtocol.IcmpV6
            or ChecksumProtocol.IPv4;
}

/// <summary>What a checksum stands in: which header, and how deep.</summary>
internal sealed record DamagedLayer(byte Depth, ChecksumProtocol Protocol);

/// <summary>A flow with wrong checksums.</summary>
internal sealed class DamagedFlow(FlowKey key, int delta)
{
    private const int Remembered = 16;
    private readonly List<(long Content, int Delta)> _distinct = new(1);

    public FlowKey Key { get; } = key;

    /// <summary>What its first packet carries minus what is right (mod 65535).</summary>
    public int Delta { get; } = delta;
    public bool CanBeStale { get; init; }
    public long Packets { get; private set; }

    /// <summary>Different packets, with what they carry minus what is right; 0 where that is not known.</summary>
    public List<(long Content, int Delta)> Distinct => _distinct;

    /// <summary>Packets with other differences than the first, beyond those remembered.</summary>
    public long Unremembered { get; private set; }
    public int Agreeing { get; private set; }
    public long Disagreeing => _distinct.Count - Agreeing + Unremembered;

    /// <summary>A packet that was seen before, and one more of many that agree, prove nothing more.</summary>
    public void Add(long content, int delta)
    {
        Packets++;
        Remember(content, delta);
    }

    private void Remember(long content, int delta)
    {
        if (_distinct.Contains((content, delta)))
        {
            return;
        }

        if (_distinct.Count < Remembered)
        {
            _distinct.Add((content, delta));
            Agreeing += delta == Delta ? 1 : 0;
        }
        else
        {
            Unremembered += delta == Delta ? 0 : 1;
        }
    }
}

/// <summary>One packet with a wrong inner checksum, kept as evidence.</summary>
internal readonly record struct DamagedPacket(int Path, long Frame, FlowKey Flow, LayerRecord Layer);
