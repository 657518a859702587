using System.Runtime.InteropServices;

namespace VxlanCsum.Causes;

/// <summary>The flows that a thread knows, and those of the stretch of a capture that it reads, in order of
/// appearance.</summary>
/// <param name="parts">The directions of the same packets.</param>
internal sealed class ShardFlows(ShardParts parts)
{
    private readonly List<ShardFlow> _flows = [];
    private readonly Dictionary<FlowKey, int> _index = [];
    private readonly List<int> _seen = [];
    private readonly Dictionary<(int Flow, int Part), long> _elsewhere = [];

    /// <summary>What is settled of the whole, as of the begin of the stretch: null while it is not.</summary>
    private Dictionary<FlowKey, FlowTrace>? _settled;
    private FlowFilter? _filter;
    private int _stretch;

    /// <summary>Flows of the stretch.</summary>
    public int Number => _seen.Count;

    /// <summary>All that are known.</summary>
    public int Known => _flows.Count;

    /// <summary>The numbers of those of the stretch.</summary>
    public ReadOnlySpan<int> Seen => CollectionsMarshal.AsSpan(_seen);

    /// <summary>Packets in other parts than their flow's first, by flow and part.</summary>
    public IReadOnlyDictionary<(int Flow, int Part), long> Elsewhere => _elsewhere;

    /// <summary>No more flows are traced than those that the whole has.</summary>
    public bool IsSettled => _settled is not null;

    public ref ShardFlow At(int flow) => ref CollectionsMarshal.AsSpan(_flows)[flow];

    /// <summary>Begins a stretch.</summary>
    public void Begin(CauseAnalyzer analyzer, int stretch)
    {
        _stretch = stretch;
        _seen.Clear();
        _elsewhere.Clear();
        _filter = analyzer.SettledFilter;
        _settled = _filter is null ? null : analyzer.SettledFlows;
    }

    /// <summary>Knows none any more.</summary>
    public void Forget()
    {
        _flows.Clear();
        _index.Clear();
    }

    /// <summary>The number of the packet's flow; -1 where it has none, or is none of those that are traced.</summary>
    public int Trace(in Observation seen, int part)
    {
        if (seen.Flow.Source.IsNone)
        {
            return -1;
        }

        if (!_index.TryGetValue(seen.Flow, out int flow))
        {
            if (_settled is not null && TraceOf(in seen.Flow, seen.Flow.GetHashCode()) is null)
            {
                parts[part].Untraced++;
                return -1;
            }

            flow = Add(in seen.Flow);
        }

        ref ShardFlow own = ref See(flow, part);
        Count(ref own, flow, part, 1);
        own.Right += FlowTrace.IsRight(in seen) ? 1 : 0;
        own.Seed |= FlowTrace.IsSeed(in seen);
        own.Data |= FlowTrace.IsData(in seen);
        return flow;
    }

    /// <summary>Once they are settled, counts a right packet of a flow that is not traced, or the first in the stretch of one
    /// that is; false where there was one before it. The caller counts it as if it were not traced.</summary>
    /// <param name="key">The flow.</param>
    /// <param name="hash">Of it.</param>
    /// <param name="part">That the packet is in.</param>
    /// <param name="length">Bytes that its innermost transport checksum covers.</param>
    public bool CountFirst(in FlowKey key, int hash, int part, int length)
    {
        if (TraceOf(in key, hash) is not { } trace)
        {
            return true;
        }

        if (!_index.TryGetValue(key, out int flow))
        {
            flow = Add(in key);
            At(flow).Trace = trace;
        }
        else if (At(flow).Stretch == _stretch)
        {
            return false;
        }

        ref ShardFlow own = ref See(flow, part);
        own.Packets++;
        own.Right++;
        own.Data |= key.Protocol != ChecksumProtocol.Tcp || length > FlowTrace.LongestTcpHeader;
        parts[part].Untraced--;
        return true;
    }

    /// <summary>Once they are settled, what is remembered of a flow; null of one that is not traced.</summary>
    private FlowTrace? TraceOf(in FlowKey flow, int hash) =>
        _filter!.MayHold(hash) && _settled!.TryGetValue(flow, out FlowTrace? trace) ? trace : null;

    private int Add(in FlowKey flow)
    {
        _index.Add(flow, _flows.Count);
        _flows.Add(new ShardFlow(flow));
        return _flows.Count - 1;
    }

    /// <summary>A packet of a flow was seen, in a part of a direction.</summary>
    public ref ShardFlow See(int flow, int part)
    {
        ref ShardFlow own = ref At(flow);
        if (own.Stretch != _stretch)
        {
            own.Begin(_stretch, parts.Count, part);
            _seen.Add(flow);
        }

        return ref own;
    }

    /// <summary>Packets of a flow of the stretch, in a part of a direction.</summary>
    public void Count(int flow, int part, long packets) => Count(ref At(flow), flow, part, packets);

    private void Count(ref ShardFlow own, int flow, int part, long packets)
    {
        if (own.Part == part)
        {
            own.Packets += packets;
        }
        else
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_elsewhere, (flow, part), out _) += packets;
        }
    }
}
