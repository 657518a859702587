using System.Runtime.InteropServices;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>
/// The wrong outer UDP checksums of one tunnel direction over inner packets that are intact: what both defects leave.
/// Kept by binding, since NAT rewrites all packets of one binding alike.
/// </summary>
internal sealed class OuterFaults(AnalysisBudget budget)
{
    private readonly Dictionary<(ushort Port, FlowKey Flow), Binding> _index = [];

    /// <summary>In order of appearance.</summary>
    public List<Binding> Bindings { get; } = [];

    /// <summary>By the checksum on the wire.</summary>
    public Dictionary<ushort, WireValue> Values { get; } = [];

    public List<BadPacket> Packets { get; } = [];
    public long Count { get; private set; }

    /// <summary>Packets whose inside is not told of: text with the outer lines alone.</summary>
    public long InnerUnknown { get; private set; }

    /// <summary>Packets of bindings beyond what the analysis may remember.</summary>
    public long Untracked { get; private set; }

    public void Add(in Observation seen)
    {
        Count++;
        InnerUnknown += seen.InnerUnknown ? 1 : 0;
        ushort wire = (ushort)seen.Outer.Found, right = Right(in seen.Outer), port = seen.OuterSourcePort;
        ref WireValue value = ref CollectionsMarshal.GetValueRefOrAddDefault(Values, wire, out _);
        value.Packets++;
        if (value.Expected is not { Count: >= WireValue.Enough })
        {
            (value.Expected ??= []).Add(right);
        }

        int implied = Residue.Of(port + right - wire);
        Binding? binding = Find(in seen, port, implied);
        bool repeat = false;
        if (binding is null)
        {
            Untracked++;
        }
        else
        {
            binding.Packets++;
            repeat = !binding.AddContent(Content(in seen), implied);
        }

        if (budget.TakeEvidence(Packets.Count))
        {
            Packets.Add(new BadPacket(seen.Path, seen.FrameNumber, port, wire, right, repeat, binding?.CouldBePartial ?? CouldBePartial(in seen)));
        }
    }

    /// <summary>The value that is right on the wire: once what is unfinished inside has been completed.</summary>
    public static ushort Right(in LayerRecord layer) =>
        (layer.Flags & LayerFlags.HasCompleted) != 0 ? layer.Completed : (ushort)layer.Expected;

    /// <summary>Both defects need an inner header that offloading was to complete: Linux leaves only TCP and UDP so.</summary>
    private static bool CouldBePartial(in Observation seen) =>
        seen.InnerUnknown || (seen.HasInner && seen.Inner.Protocol is ChecksumProtocol.Tcp or ChecksumProtocol.Udp && seen.Inner.Status is ChecksumStatus.Good or ChecksumStatus.Partial);

    private Binding? Find(in Observation seen, ushort port, int implied)
    {
        if (_index.TryGetValue((port, seen.Flow), out Binding? binding))
        {
            return binding;
        }

        if (!budget.TakeBinding(Bindings.Count))
        {
            return null;
        }

        binding = new Binding(port, seen.Flow, implied, CouldBePartial(in seen));
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

/// <summary>Packets that share outer source, outer source port and inner flow: one entry of the NAT table.</summary>
internal sealed class Binding(ushort sourcePort, FlowKey flow, int implied, bool couldBePartial)
{
    private const int ContentsRemembered = 16;
    private readonly List<long> _contents = [];

    public ushort SourcePort { get; } = sourcePort;
    public FlowKey Flow { get; } = flow;

    /// <summary>The port for which its first packet's checksum is right, if the address was kept (mod 65535).</summary>
    public int Implied { get; } = implied;
    public bool CouldBePartial { get; } = couldBePartial;
    public long Packets { get; set; }

    /// <summary>Distinct packets that imply that port, the first among them.</summary>
    public int Agreeing { get; private set; }

    /// <summary>Distinct packets that do not.</summary>
    public int Disagreeing { get; private set; }

    /// <summary>False for a packet that was seen before.</summary>
    public bool AddContent(long content, int implied)
    {
        if (_contents.Contains(content))
        {
            // The same packet with another checksum is no retransmission but a contradiction.
            if (implied != Implied)
            {
                Disagreeing++;
            }

            return false;
        }

        if (_contents.Count < ContentsRemembered)
        {
            _contents.Add(content);
        }
        else
        {
            // Not remembered: agreement beyond this is no longer counted, disagreement is.
            Disagreeing += implied != Implied ? 1 : 0;
            return true;
        }

        if (implied == Implied)
        {
            Agreeing++;
        }
        else
        {
            Disagreeing++;
        }

        return true;
    }
}

/// <summary>A checksum value on bad packets, and the values that would have been right for them.</summary>
internal struct WireValue
{
    /// <summary>Distinct right values that settle the question; more need not be remembered.</summary>
    public const int Enough = 64;

    public long Packets;
    public HashSet<ushort>? Expected;
}

/// <summary>One packet with a wrong outer checksum, kept as evidence.</summary>
internal readonly record struct BadPacket(int Path, long Frame, ushort SourcePort, ushort Found, ushort Right, bool Repeat, bool CouldBePartial)
{
    /// <summary>The port for which <see cref="Found"/> is right once NAT's change of address is taken back.</summary>
    public int Implied(int shift) => Residue.Of((long)SourcePort + Right - Found + shift);
}
