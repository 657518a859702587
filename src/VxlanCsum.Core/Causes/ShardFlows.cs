using System.Runtime.InteropServices;

namespace VxlanCsum.Causes;

/// <summary>The flows of the packets of a stretch of a capture, in order of appearance.</summary>
/// <param name="parts">The directions of the same packets.</param>
internal sealed class ShardFlows(ShardParts parts)
{
    private readonly List<ShardFlow> _flows = [];
    private readonly Dictionary<FlowKey, int> _index = [];
    private readonly Dictionary<(int Flow, int Part), long> _elsewhere = [];

    /// <summary>What is settled of the whole, as of the begin of the stretch: null while it is not.</summary>
    private Dictionary<FlowKey, FlowTrace>? _settled;
    private FlowFilter? _filter;

    public int Number => _flows.Count;

    public Span<ShardFlow> All => CollectionsMarshal.AsSpan(_flows);

    /// <summary>Packets in other parts than their flow's first, by flow and part.</summary>
    public IReadOnlyDictionary<(int Flow, int Part), long> Elsewhere => _elsewhere;

    /// <summary>No more flows are traced than those that the whole has.</summary>
    public bool IsSettled => _settled is not null;

    public ref ShardFlow At(int flow) => ref All[flow];

    /// <summary>False for a flow that is not traced, once they are settled.</summary>
    public bool MayHold(in FlowKey flow) => _filter!.MayHold(in flow);

    /// <summary>Forgets the stretch before.</summary>
    public void Begin(CauseAnalyzer analyzer)
    {
        _flows.Clear();
        _index.Clear();
        _elsewhere.Clear();
        _filter = analyzer.SettledFilter;
        _settled = _filter is null ? null : analyzer.SettledFlows;
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
            if (_settled is not null && !(MayHold(in seen.Flow) && _settled.ContainsKey(seen.Flow)))
            {
                parts[part].Untraced++;
                return -1;
            }

            flow = _flows.Count;
            _index.Add(seen.Flow, flow);
            _flows.Add(new ShardFlow(seen.Flow, parts.Count, part));
        }

        Count(flow, part, 1);
        ref ShardFlow own = ref At(flow);
        own.Right += FlowTrace.IsRight(in seen) ? 1 : 0;
        own.Seed |= FlowTrace.IsSeed(in seen);
        own.Data |= FlowTrace.IsData(in seen);
        return flow;
    }

    /// <summary>Packets of a flow, in a part of a direction.</summary>
    public void Count(int flow, int part, long packets)
    {
        ref ShardFlow own = ref At(flow);
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
