using System.Runtime.InteropServices;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>
/// The wrong outer UDP checksums of one tunnel direction over inner packets that are intact. Kept by binding, since NAT
/// rewrites all packets of one binding alike; by the value on the wire, which defect A makes one; and by the difference
/// to the right value, which an address rewritten elsewhere makes one. All are sums.
/// </summary>
internal sealed class OuterFaults(AnalysisBudget budget)
{
    private readonly Dictionary<(ushort Port, FlowKey Flow), Binding> _index = [];

    /// <summary>In order of appearance.</summary>
    public List<Binding> Bindings { get; } = [];

    public List<BadPacket> Packets { get; } = [];
    public long Count { get; private set; }

    /// <summary>Packets that carry what the defects do not touch: neither TCP nor UDP.</summary>
    public long Others { get; private set; }

    /// <summary>Packets whose inside is not told of: text with the outer lines alone.</summary>
    public long InnerUnknown { get; private set; }

    /// <summary>Packets of bindings beyond what the analysis may remember.</summary>
    public long Untracked { get; private set; }

    /// <summary>Packets that passed a router, by their TTL, and those that did not.</summary>
    public long Routed { get; private set; }
    public long Unrouted { get; private set; }

    public void Add(in Observation seen)
    {
        Count++;
        bool local = CouldBePartial(in seen);
        Others += local ? 0 : 1;
        InnerUnknown += seen.InnerUnknown ? 1 : 0;
        Routed += seen.IsRouted ? 1 : 0;
        Unrouted += seen.OuterTtl != 0 && !seen.IsRouted ? 1 : 0;
        ushort wire = (ushort)seen.Outer.Found, right = Right(in seen.Outer), port = seen.OuterSourcePort;
        int delta = Residue.Of(wire - right);
        Binding? binding = Find(in seen, port, delta, local);
        bool repeat = false, known = (seen.Outer.Flags & LayerFlags.HasExpected) != 0;
        ushort asCaptured = known ? (ushort)seen.Outer.Expected : right;
        if (binding is null)
        {
            Untracked++;
        }
        else
        {
            binding.Packets++;
            repeat = !binding.Add(new DistinctPacket(Content(in seen), wire, right, asCaptured));
        }

        if (budget.TakeEvidence(Packets.Count))
        {
            Packets.Add(new BadPacket(seen.Path, seen.FrameNumber, port, wire, right, repeat, local)
            {
                AsCaptured = asCaptured,
            });
        }
    }

    /// <summary>Distinct packets by the checksum on the wire.</summary>
    public Tallies Wires() => Tally(static p => p.Wire);

    /// <summary>By what is found minus what is right (mod 65535).</summary>
    public Tallies Deltas() => Tally(static p => (ushort)p.Delta);

    /// <summary>The same against the bytes as captured, where something inside is unfinished: an editor of captures
    /// takes them as they are.</summary>
    public Tallies DeltasAsCaptured() => Tally(static p => (ushort)Residue.Of(p.Wire - p.AsCaptured));

    private Tallies Tally(Func<DistinctPacket, ushort> number)
    {
        Tallies tallies = new();
        foreach (Binding binding in Bindings)
        {
            foreach (DistinctPacket packet in binding.Distinct)
            {
                tallies.Add(number(packet), packet.Right, binding.CouldBePartial);
            }

            tallies.AddRest(binding.Unremembered);
        }

        return tallies;
    }

    /// <summary>The value that is right on the wire: once what is unfinished inside has been completed.</summary>
    public static ushort Right(in LayerRecord layer) =>
        (layer.Flags & LayerFlags.HasCompleted) != 0 ? layer.Completed : (ushort)layer.Expected;

    /// <summary>Both defects need an inner header that offloading was to complete: Linux leaves only TCP and UDP
    /// so.</summary>
    public static bool CouldBePartial(in Observation seen) =>
        seen.InnerUnknown || (seen.HasInner && seen.Inner.Protocol is ChecksumProtocol.Tcp or ChecksumProtocol.Udp
            && seen.Inner.Status is ChecksumStatus.Good or ChecksumStatus.Partial);

    private Binding? Find(in Observation seen, ushort port, int delta, bool local)
    {
        if (_index.TryGetValue((port, seen.Flow), out Binding? binding))
        {
            return binding;
        }

        if (!budget.TakeBinding(Bindings.Count))
        {
            return null;
        }

        binding = new Binding(port, seen.Flow, delta, local);
        _index.Add((port, seen.Flow), binding);
        Bindings.Add(binding);
        return binding;
    }

    /// <summary>
    /// What tells two inner packets apart: the right inner checksum and the length. An identical retransmission has
    /// the same, even where its IP identification moved on; and it proves nothing new.
    /// </summary>
    private static long Content(in Observation seen)
    {
        ref readonly LayerRecord layer = ref seen.HasInner ? ref seen.Inner : ref seen.Outer;
        uint right = (layer.Flags & LayerFlags.HasExpected) != 0 ? layer.Expected : layer.Found;
        return ((long)layer.Length << 32) | right;
    }
}

/// <summary>One of the different packets of a binding.</summary>
/// <param name="Content">What tells it from others.</param>
/// <param name="Wire">The checksum on the wire.</param>
/// <param name="Right">The right one, once all inside is completed.</param>
/// <param name="AsCaptured">The right one for the bytes as captured.</param>
internal readonly record struct DistinctPacket(long Content, ushort Wire, ushort Right, ushort AsCaptured)
{
    /// <summary>What it carries minus what is right (mod 65535).</summary>
    public int Delta => Residue.Of(Wire - Right);
}

/// <summary>Packets that share outer source, outer source port and inner flow: one entry of the NAT table.</summary>
internal sealed class Binding(ushort sourcePort, FlowKey flow, int delta, bool couldBePartial)
{
    private const int Remembered = 16;
    private readonly List<DistinctPacket> _distinct = new(1);

    public ushort SourcePort { get; } = sourcePort;
    public FlowKey Flow { get; } = flow;

    /// <summary>What its first packet carries minus what is right (mod 65535).</summary>
    public int Delta { get; } = delta;
    public bool CouldBePartial { get; } = couldBePartial;

    /// <summary>The port for which its first packet's checksum is right, if the address was kept (mod 65535).</summary>
    public int Implied => Residue.Of(SourcePort - Delta);
    public long Packets { get; set; }
    public List<DistinctPacket> Distinct => _distinct;

    /// <summary>Packets with other differences than the first, beyond those remembered.</summary>
    public long Unremembered { get; private set; }

    /// <summary>Distinct packets that are off by <see cref="Delta"/>, the first among them.</summary>
    public int Agreeing { get; private set; }

    /// <summary>Distinct packets that are not.</summary>
    public long Disagreeing => _distinct.Count - Agreeing + Unremembered;

    /// <summary>False for a packet that was seen before, and where so many were that another proves nothing
    /// more.</summary>
    public bool Add(DistinctPacket packet)
    {
        // The same packet with another checksum is no retransmission but a contradiction.
        if (_distinct.Exists(p => p.Content == packet.Content && p.Wire == packet.Wire))
        {
            return false;
        }

        if (_distinct.Count < Remembered)
        {
            _distinct.Add(packet);
            Agreeing += packet.Delta == Delta ? 1 : 0;
            return true;
        }

        Unremembered += packet.Delta == Delta ? 0 : 1;
        return packet.Delta != Delta;
    }
}

/// <summary>One packet with a wrong outer checksum, kept as evidence.</summary>
internal readonly record struct BadPacket(int Path, long Frame, ushort SourcePort, ushort Found, ushort Right,
    bool Repeat, bool CouldBePartial)
{
    /// <summary>The right one for the bytes as captured, unfinished as they may be inside.</summary>
    public ushort AsCaptured { get; init; }

    /// <summary>The port for which <see cref="Found"/> is right once NAT's change of address is taken back.</summary>
    public int Implied(int shift) => Residue.Of((long)SourcePort + Right - Found + shift);
}
