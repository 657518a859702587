using System.Runtime.InteropServices;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;

namespace VxlanCsum.Causes;

/// <summary>
/// Weighs many packets: sorts them into tunnel directions as they come, and names the cause of each at the end.
/// </summary>
/// <remarks>Not thread-safe. Memory is bounded by <see cref="AnalysisBudget"/> whatever comes.</remarks>
internal sealed class CauseAnalyzer
{
    private CauseOptions _options;
    private readonly AnalysisBudget _budget = new();
    private readonly BrokenFlows _broken;
    private readonly HostNames _names = new();
    private readonly CaptureMap _map;
    private readonly Dictionary<DirectionKey, Direction> _directions = [];
    private readonly Dictionary<FlowKey, FlowTrace> _flows = [];
    private readonly Dictionary<string, int> _pathIndex = [];
    private readonly List<string> _paths = [];
    private Direction? _last;
    private Direction? _overflow;

    /// <summary>Directions in order of appearance: those to give up first when a faulty one needs the room.</summary>
    private readonly Queue<Direction> _healthy = new();

    public CauseAnalyzer(CauseOptions options)
    {
        _options = options;
        _map = new CaptureMap(options.NodeAddresses, options.Bindings);
        _broken = new BrokenFlows(_budget);
    }

    /// <summary>What the operator knows; of a live capture some of it is known at its end.</summary>
    public CauseOptions Options
    {
        get => _options;
        set => (_options, _map.Bindings) = (value, value.Bindings);
    }

    /// <summary>Packets added, those included that belong to no direction (no IP header).</summary>
    public long Packets { get; private set; }

    /// <summary>Packets of which at least one checksum could be judged.</summary>
    public long Judged => _directions.Values.Sum(static d => d.Judged) + (_overflow?.Judged ?? 0);

    /// <summary>Packets that could not be verified because they were not captured whole.</summary>
    public long Cut => _directions.Values.Sum(static d => d.Cut) + (_overflow?.Cut ?? 0);

    public void Add(PacketChecksum packet)
    {
        Observation seen = ObservationFactory.Of(packet, _names);
        Add(ref seen, packet.Path);
    }

    /// <summary>Takes what is needed out of the walker's verdict; nothing of it is kept.</summary>
    public void Add(FrameVerdict verdict, in CapturedFrame frame)
    {
        Observation seen = ObservationFactory.Of(verdict, in frame);
        Add(ref seen, frame.Interface.Path);
    }

    /// <summary>
    /// Takes over what another saw of the same capture. Evidence is kept as sums, so parts that were read side by side
    /// give what one reading gives; the other is used up.
    /// </summary>
    public void Merge(CauseAnalyzer other)
    {
        Packets += other.Packets;
        int[] paths = [.. other._paths.Select(PathIndex)];
        _broken.Merge(other._broken);
        foreach (Direction part in other._directions.Values)
        {
            part.Renumber(paths);
            Direction own = Find(part.Key, part.Bad > 0);
            own.Merge(part);
        }

        if (other._overflow is not null)
        {
            other._overflow.Renumber(paths);
            (_overflow ??= new Direction(default, _budget, _broken)).Merge(other._overflow);
        }

        foreach ((FlowKey flow, FlowTrace trace) in other._flows)
        {
            MergeFlow(flow, in trace);
        }
    }

    /// <summary>The results so far: faults first, then in order of appearance.</summary>
    public IReadOnlyList<VxlanChecksumResult> Complete()
    {
        List<Direction> all = [.. _directions.Values];
        if (_overflow is not null)
        {
            all.Add(_overflow);
        }

        Dictionary<Direction, Answers> answered = CountAnswers();
        ResultBuilder builder = new(_paths, _names, Options);
        List<VxlanChecksumResult> results = [];
        foreach (Direction direction in all)
        {
            results.Add(builder.Build(direction, Judge(direction, all, answered), direction == _overflow));
        }

        return [.. results.OrderByDescending(static r => r.IsFault)];
    }

    private void Add(ref Observation seen, string path)
    {
        Packets++;
        if (seen.OuterSource.IsNone)
        {
            return;
        }

        seen.Path = PathIndex(path);
        Direction direction = Find(in seen);
        direction.Add(in seen, Options.RangeOf(direction.Key.Tunnel));
        Trace(in seen, direction);
    }

    private int PathIndex(string path)
    {
        if (_paths.Count > 0 && ReferenceEquals(_paths[^1], path))
        {
            return _paths.Count - 1;
        }

        ref int index = ref CollectionsMarshal.GetValueRefOrAddDefault(_pathIndex, path, out bool known);
        if (!known)
        {
            index = _paths.Count;
            _paths.Add(path);
        }

        return index;
    }

    private Direction Find(in Observation seen)
    {
        DirectionKey key = seen.Tunnel == TunnelType.None
            ? new(TunnelType.None, seen.OuterSource, default)
            : new(seen.Tunnel, seen.OuterSource, seen.OuterDestination);
        return _last is not null && _last.Key == key
            ? _last
            : _last = Find(key, seen.HasDamaged || (seen.HasOuter && seen.Outer.Status == ChecksumStatus.Bad));
    }

    private Direction Find(DirectionKey key, bool isBad)
    {
        if (_directions.TryGetValue(key, out Direction? direction))
        {
            return direction;
        }

        // A faulty direction keeps its name, whatever came before it.
        if (_directions.Count >= AnalysisBudget.Directions && !(isBad && MakeRoom()))
        {
            return _overflow ??= new Direction(default, _budget, _broken);
        }

        direction = new Direction(key, _budget, _broken);
        _directions.Add(key, direction);
        _healthy.Enqueue(direction);
        if (key.Tunnel != TunnelType.None)
        {
            _map.AddTunnel(in key);
        }

        return direction;
    }

    private void Trace(in Observation seen, Direction direction)
    {
        if (seen.Flow.Source.IsNone)
        {
            return;
        }

        if (_flows.Count >= AnalysisBudget.Flows && !_flows.ContainsKey(seen.Flow))
        {
            direction.Untraced++;
            return;
        }

        ref FlowTrace trace = ref CollectionsMarshal.GetValueRefOrAddDefault(_flows, seen.Flow, out bool known);
        if (!known)
        {
            trace.Direction = direction;
            _map.Add(in seen.Flow);
        }

        trace.Right += seen.Worst <= ChecksumStatus.Partial ? 1 : 0;
        trace.Seed |= seen.HasInner && seen.Inner.Status == ChecksumStatus.Partial;
        // A TCP header has at most 60 bytes: what is longer carries data, so the handshake was done.
        trace.Data |= seen.Flow.Protocol != ChecksumProtocol.Tcp || seen.Inner.Length > 60;
    }

    /// <summary>The oldest healthy direction goes into the common heap; false where there is none.</summary>
    private bool MakeRoom()
    {
        while (_healthy.TryDequeue(out Direction? direction))
        {
            if (!direction.IsFaultless)
            {
                continue;
            }

            (_overflow ??= new Direction(default, _budget, _broken)).Merge(direction);
            _directions.Remove(direction.Key);
            _last = _last == direction ? null : _last;
            return true;
        }

        return false;
    }

    private void MergeFlow(FlowKey flow, in FlowTrace part)
    {
        if (_flows.Count >= AnalysisBudget.Flows && !_flows.ContainsKey(flow))
        {
            return;
        }

        ref FlowTrace own = ref CollectionsMarshal.GetValueRefOrAddDefault(_flows, flow, out bool known);
        if (!known)
        {
            own.Direction = _directions.GetValueOrDefault(part.Direction.Key) ?? _overflow ?? part.Direction;
            _map.Add(in flow);
        }

        own.Right += part.Right;
        own.Seed |= part.Seed;
        own.Data |= part.Data;
    }

    private DirectionVerdict Judge(Direction direction, List<Direction> all, Dictionary<Direction, Answers> answered)
    {
        Direction? opposite = _directions.GetValueOrDefault(
            new DirectionKey(direction.Key.Tunnel, direction.Key.Destination, direction.Key.Source));
        CaptureVantage vantage = VantageJudge.Of(direction, opposite, Options);
        bool merged = direction.SmallSeeds == 0 && direction.SmallComplete > 0;
        bool onWire = vantage == CaptureVantage.Receiver && direction.SeedValues.Count > 0 && !merged;
        Answers answers = answered.GetValueOrDefault(direction);
        DirectionVerdict verdict = direction.Bad > 0
            ? DirectionVerdict.OfFaults(direction, opposite, _map, all, Options.RangeOf(direction.Key.Tunnel),
                flow => _flows.GetValueOrDefault(flow).Right)
            : DirectionVerdict.OfInnocent(direction, new UnfinishedSetting
            {
                Vantage = vantage,
                IsTold = VantageJudge.IsTold(direction, Options),
                OnWire = onWire,
                Answered = answers.Flows > 0,
                Unanswered = answers.Unanswered,
                SeesBothWays = opposite is not null,
            });
        return verdict with
        {
            Vantage = vantage,
            BothUnfinished = direction.SmallSeeds > 0 && opposite?.SmallSeeds > 0,
            Answered = answers.Flows > 0,
            UnansweredFlows = opposite is null ? 0 : answers.Unanswered,
            UnfinishedOnWire = onWire,
        };
    }

    /// <summary>By direction, whether unfinished packets got an answer that only a whole packet gets.</summary>
    private Dictionary<Direction, Answers> CountAnswers()
    {
        Dictionary<Direction, Answers> counts = [];
        foreach ((FlowKey flow, FlowTrace trace) in _flows)
        {
            if (!trace.Seed)
            {
                continue;
            }

            ref Answers own = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, trace.Direction, out _);
            bool seen = _flows.TryGetValue(flow.Reversed, out FlowTrace back);
            own = new Answers(own.Flows + (seen && (trace.Data || back.Data) ? 1 : 0), own.Unanswered + (seen ? 0 : 1));
        }

        return counts;
    }

    /// <summary>Flows with unfinished packets that were answered, and those of which nothing came back.</summary>
    private readonly record struct Answers(int Flows, int Unanswered);

    private struct FlowTrace
    {
        public Direction Direction;
        public bool Seed, Data;

        /// <summary>Packets without a wrong checksum.</summary>
        public int Right;
    }
}
