using System.Runtime.InteropServices;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;

namespace VxlanCsum.Causes;

/// <summary>
/// Weighs many packets: sorts them into tunnel directions as they come, and names the cause of each at the end.
/// </summary>
/// <remarks>Not thread-safe; several threads each fill a <see cref="CauseShard"/>, and these join it in order. Memory is
/// bounded by <see cref="AnalysisBudget"/> whatever comes.</remarks>
internal sealed class CauseAnalyzer
{
    private CauseOptions _options;
    private readonly AnalysisBudget _budget = new();
    private readonly BrokenFlows _broken;
    private readonly HostNames _names = new();
    private readonly CaptureMap _map;
    private readonly Dictionary<DirectionKey, Direction> _directions = [];
    private readonly Dictionary<FlowKey, FlowTrace> _flows = [];

    /// <summary>Directions beyond those told apart whatever they are, from their first bad packet on. Replaced as a whole,
    /// so that it may be read while another thread adds one.</summary>
    private Dictionary<DirectionKey, Direction> _faulty = [];
    private readonly Dictionary<string, int> _pathIndex = [];
    private readonly List<string> _paths = [];
    private Direction? _last;
    private Direction? _overflow;

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
    public long Judged => Sum(static d => d.Judged);

    /// <summary>Packets that could not be verified because they were not captured whole.</summary>
    public long Cut => Sum(static d => d.Cut);

    public void Add(PacketChecksum packet)
    {
        Observation seen = ObservationFactory.Of(packet, _names);
        Add(ref seen, packet.Path);
    }

    /// <summary>Takes what is needed out of the walker's verdict; nothing of it is kept.</summary>
    public void Add(FrameVerdict verdict, in CapturedFrame frame)
    {
        ObservationFactory.Of(verdict, in frame, out Observation seen);
        Add(ref seen, frame.Interface.Path);
    }

    /// <summary>Directions that are told apart for good, once there are as many as may be; null before.</summary>
    public Dictionary<DirectionKey, Direction>? SettledDirections =>
        _directions.Count < AnalysisBudget.Directions ? null : _directions;

    /// <summary>Those that are told apart beyond these; another object after each that is added.</summary>
    public Dictionary<DirectionKey, Direction> FaultyDirections => _faulty;

    /// <summary>The flows that are traced, once there are as many as may be; null before.</summary>
    public Dictionary<FlowKey, FlowTrace>? SettledFlows => SettledFilter is null ? null : _flows;

    /// <summary>Of them; null before.</summary>
    public FlowFilter? SettledFilter { get; private set; }

    /// <summary>
    /// Takes over what a thread saw of the next stretch of a capture: the same as adding its packets one by one.
    /// </summary>
    /// <param name="shard">The stretch.</param>
    /// <param name="framesBefore">Frames before the one that it numbers 1.</param>
    /// <returns>False, and nothing taken, where the stretch began before something that it relies on was known: it has to
    /// be read again.</returns>
    public bool Join(CauseShard shard, long framesBefore)
    {
        if (shard.Parts.IsStale)
        {
            return false;
        }

        Packets += shard.Frames;
        Direction[] directions = new Direction[shard.Parts.Count];
        int opened = 0;
        foreach (int number in shard.Flows.Seen)
        {
            // What is remembered in order of appearance has to come in that order: addresses of directions and flows.
            ref ShardFlow flow = ref shard.Flows.At(number);
            Open(flow.PartsBefore);
            JoinFlow(ref flow, directions);
        }

        Open(directions.Length);
        foreach (((int flow, int part), long packets) in shard.Flows.Elsewhere)
        {
            directions[part].Untraced += shard.Flows.At(flow).IsUntraced ? packets : 0;
        }

        JoinFaults(shard, directions, framesBefore);
        return true;

        void Open(int count)
        {
            for (; opened < count; opened++)
            {
                DirectionPart part = shard.Parts[opened];
                directions[opened] = part.IsOverflow ? Overflow : Find(part.Key, part.IsFaulty);
                directions[opened].Merge(part, framesBefore);
                shard.Parts.Joined(part, directions[opened]);
            }
        }
    }

    /// <summary>The results so far: faults first, then in order of appearance.</summary>
    public IReadOnlyList<VxlanChecksumResult> Complete()
    {
        GiveUpHealthy();
        List<Direction> all = All();
        Dictionary<DirectionSums, Answers> answered = CountAnswers();
        ResultBuilder builder = new(_paths, _names, Options);
        List<VxlanChecksumResult> faults = [], others = [];
        foreach (Direction direction in all)
        {
            VxlanChecksumResult result = builder.Build(direction, Judge(direction, all, answered),
                direction == _overflow);
            (result.IsFault ? faults : others).Add(result);
        }

        return [.. faults, .. others];
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
        if (direction.Count(in seen, Options.RangeOf(seen.Tunnel)))
        {
            _broken.Heal(RightPacket.Of(in seen));
        }
        else if (seen.IsBad)
        {
            direction.AddFault(in seen);
        }

        Trace(in seen, direction);
    }

    /// <summary>The number that packets of a capture carry.</summary>
    public int PathIndex(string path)
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
        DirectionKey key = DirectionKey.Of(in seen);
        return _last is not null && _last.Key == key ? _last : _last = Find(key, seen.IsBad);
    }

    private Direction Find(DirectionKey key, bool isBad)
    {
        if (_directions.TryGetValue(key, out Direction? direction) || _faulty.TryGetValue(key, out direction))
        {
            return direction;
        }

        if (_directions.Count < AnalysisBudget.Directions)
        {
            direction = new Direction(key, _budget, _broken);
            _directions.Add(key, direction);
        }
        else if (isBad && _faulty.Count < AnalysisBudget.Directions)
        {
            // A faulty direction keeps its name, whatever came before it.
            direction = new Direction(key, _budget, _broken);
            _faulty = new(_faulty) { [key] = direction };
        }
        else
        {
            return Overflow;
        }

        if (key.Tunnel != TunnelType.None)
        {
            _map.AddTunnel(in key);
        }

        return direction;
    }

    private Direction Overflow => _overflow ??= new Direction(default, _budget, _broken);

    private List<Direction> All()
    {
        List<Direction> all = new(_directions.Count + _faulty.Count + 1);
        foreach ((_, Direction direction) in _directions)
        {
            all.Add(direction);
        }

        foreach ((_, Direction direction) in _faulty)
        {
            all.Add(direction);
        }

        if (_overflow is not null)
        {
            all.Add(_overflow);
        }

        return all;
    }

    private long Sum(Func<Direction, long> count)
    {
        long sum = 0;
        foreach (Direction direction in All())
        {
            sum += count(direction);
        }

        return sum;
    }

    private void Trace(in Observation seen, Direction direction)
    {
        if (seen.Flow.Source.IsNone)
        {
            return;
        }

        if (TraceOf(seen.Flow, direction) is not { } trace)
        {
            direction.Untraced++;
            return;
        }

        trace.Right += FlowTrace.IsRight(in seen) ? 1 : 0;
        trace.Seed |= FlowTrace.IsSeed(in seen);
        trace.Data |= FlowTrace.IsData(in seen);
    }

    /// <summary>Null where there are too many.</summary>
    private FlowTrace? TraceOf(FlowKey flow, Direction direction)
    {
        if (_flows.TryGetValue(flow, out FlowTrace? trace) || _flows.Count >= AnalysisBudget.Flows)
        {
            return trace;
        }

        trace = new FlowTrace(direction);
        _flows.Add(flow, trace);
        _map.Add(in flow);
        if (_flows.Count >= AnalysisBudget.Flows)
        {
            SettledFilter = FlowFilter.Of(_flows.Keys);
        }

        return trace;
    }

    private void JoinFlow(ref ShardFlow flow, Direction[] directions)
    {
        flow.Trace ??= TraceOf(flow.Key, directions[flow.Part]);
        if (flow.Trace is { } trace)
        {
            trace.Right += flow.Right;
            trace.Seed |= flow.Seed;
            trace.Data |= flow.Data;
        }
        else
        {
            flow.IsUntraced = true;
            directions[flow.Part].Untraced += flow.Packets;
        }
    }

    /// <summary>Faults, and the packets that may heal a flow, in their order.</summary>
    private void JoinFaults(CauseShard shard, Direction[] directions, long framesBefore)
    {
        int healed = 0;
        for (int i = 0; i < shard.Faults.Count; i++)
        {
            ref Observation seen = ref shard.Faults[i];
            shard.Right.Heal(_broken, ref healed, seen.FrameNumber, framesBefore);
            seen.FrameNumber += framesBefore;
            directions[shard.Faults.PartOf(i)].AddFault(in seen);
        }

        shard.Right.Heal(_broken, ref healed, long.MaxValue, framesBefore);
    }

    /// <summary>Where faulty directions make more than are told, the oldest without a fault go into the common
    /// heap.</summary>
    private void GiveUpHealthy()
    {
        int excess = _directions.Count + _faulty.Count - AnalysisBudget.Directions;
        if (excess <= 0)
        {
            return;
        }

        Direction[] healthy = [.. _directions.Values.Where(static d => d.IsFaultless).Take(excess)];
        foreach (Direction direction in healthy)
        {
            Overflow.Merge(direction, 0);
            _directions.Remove(direction.Key);
            _last = _last == direction ? null : _last;
        }
    }

    private DirectionVerdict Judge(Direction direction, List<Direction> all, Dictionary<DirectionSums, Answers> answered)
    {
        DirectionKey back = new(direction.Key.Tunnel, direction.Key.Destination, direction.Key.Source);
        _ = _directions.TryGetValue(back, out Direction? opposite) || _faulty.TryGetValue(back, out opposite);
        CaptureVantage vantage = VantageJudge.Of(direction, opposite, Options);
        bool merged = direction.SmallSeeds == 0 && direction.SmallComplete > 0;
        bool onWire = vantage == CaptureVantage.Receiver && direction.SeedValues.Count > 0 && !merged;
        _ = answered.TryGetValue(direction, out Answers answers);
        DirectionVerdict verdict = direction.Bad > 0
            ? DirectionVerdict.OfFaults(direction, opposite, _map, all, Options.RangeOf(direction.Key.Tunnel),
                flow => _flows.TryGetValue(flow, out FlowTrace? trace) ? trace.Right : 0)
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
    private Dictionary<DirectionSums, Answers> CountAnswers()
    {
        Dictionary<DirectionSums, Answers> counts = [];
        foreach ((FlowKey flow, FlowTrace trace) in _flows)
        {
            if (!trace.Seed)
            {
                continue;
            }

            ref Answers own = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, trace.Direction, out _);
            bool seen = _flows.TryGetValue(flow.Reversed, out FlowTrace? back);
            own = new Answers(own.Flows + (seen && (trace.Data || back!.Data) ? 1 : 0), own.Unanswered + (seen ? 0 : 1));
        }

        return counts;
    }

    /// <summary>Flows with unfinished packets that were answered, and those of which nothing came back.</summary>
    private readonly record struct Answers(int Flows, int Unanswered);
}
