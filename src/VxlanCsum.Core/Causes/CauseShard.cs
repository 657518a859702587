using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Scanning;
using VxlanCsum.Captures.Templates;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>
/// What one thread makes of a stretch of a capture: all that <see cref="CauseAnalyzer.Join"/> needs to come to what it
/// would have come to packet by packet.
/// </summary>
/// <remarks>
/// Most of what is known of a direction is a sum, or the first few of something, and is counted here. What depends on
/// how much room is left (faults, flows) or on what came before (which right packet healed a flow) is kept in order for
/// the join. No limit cuts that short: where there is no room for more, the stretch ends.
/// </remarks>
internal sealed class CauseShard : CapturePart
{
    private const int MostParts = 2048, MostFaults = 1 << 14, MostEntries = 1 << 16, Heavy = 1 << 14;

    private readonly CauseAnalyzer _analyzer;
    private readonly CauseOptions _options;
    private readonly int _path;
    private readonly FrameWalker _walker, _fullWalker;
    private readonly PlainCells _cells = new();

    /// <summary>Of packets whose flows are not traced, by direction.</summary>
    private readonly PlainCells _untraced = new();
    private readonly List<DirectionPart> _parts = [];

    /// <summary>The same, for the packets that are counted in a hurry.</summary>
    private DirectionPart[] _partArray = new DirectionPart[16];
    private readonly Dictionary<DirectionKey, int> _partIndex = [];
    private readonly List<ShardFlow> _flows = [];
    private readonly Dictionary<FlowKey, int> _flowIndex = [];
    private readonly Dictionary<(int Flow, int Part), long> _elsewhere = [];
    private readonly List<(int Part, Observation Seen)> _faults = [];
    private readonly List<RightPacket> _right = [];

    /// <summary>What is settled of the whole, as of the begin of the stretch: null while it is not.</summary>
    private Dictionary<DirectionKey, Direction>? _settledDirections;
    private Dictionary<DirectionKey, Direction> _faultyDirections;
    private Dictionary<FlowKey, FlowTrace>? _settledFlows;
    private FlowFilter? _settledFilter;
    private int _overflow = -1;
    private DirectionKey _lastKey;
    private int _lastPart = -1;

    /// <param name="analyzer">Of the whole.</param>
    /// <param name="ports">Of tunnels.</param>
    /// <param name="path">The number of the capture.</param>
    public CauseShard(CauseAnalyzer analyzer, TunnelPorts ports, int path)
    {
        _analyzer = analyzer;
        _options = analyzer.Options;
        _path = path;
        _walker = new FrameWalker(ports) { ShapesSuffice = true };
        _fullWalker = new FrameWalker(ports);
        _faultyDirections = analyzer.FaultyDirections;
    }

    /// <summary>Directions that parts of this thread were joined to.</summary>
    public Dictionary<DirectionKey, Direction> Known { get; } = [];

    /// <summary>In order of appearance.</summary>
    public IReadOnlyList<DirectionPart> Parts => _parts;

    /// <summary>In order of appearance.</summary>
    public Span<ShardFlow> Flows => CollectionsMarshal.AsSpan(_flows);

    /// <summary>Packets with something wrong, and the part of the direction that they are in; in order.</summary>
    public IReadOnlyList<(int Part, Observation Seen)> Faults => _faults;

    /// <summary>Of each flow and sender the first that was right, and the first after each that was not; in order.</summary>
    public ReadOnlySpan<RightPacket> RightPackets => CollectionsMarshal.AsSpan(_right);

    /// <summary>It took a direction for one that is not told apart, and another has been told apart since.</summary>
    public bool IsStale => _overflow >= 0 && _faultyDirections != _analyzer.FaultyDirections;

    /// <inheritdoc/>
    public override bool IsFull => _parts.Count >= MostParts || _faults.Count >= MostFaults
        || _flows.Count + _right.Count >= MostEntries;

    /// <inheritdoc/>
    public override bool IsHeavy => _flows.Count + _right.Count + _faults.Count >= Heavy;

    /// <inheritdoc/>
    public override void Begin()
    {
        Frames = 0;
        _cells.Clear();
        _untraced.Clear();
        _parts.Clear();
        _partIndex.Clear();
        _flows.Clear();
        _flowIndex.Clear();
        _elsewhere.Clear();
        _faults.Clear();
        _right.Clear();
        _overflow = _lastPart = -1;
        _settledDirections = _analyzer.SettledDirections;
        _faultyDirections = _analyzer.FaultyDirections;
        _settledFilter = _analyzer.SettledFilter;
        _settledFlows = _settledFilter is null ? null : _analyzer.SettledFlows;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override unsafe bool Read(CaptureReader reader, int frames)
    {
        FrameWalker walker = _walker;
        int left = frames;
        try
        {
            for (; left > 0; left--)
            {
                if (!reader.TryRead(out CapturedFrame frame))
                {
                    break;
                }

                if (frame.CapturedLength >= PlainFrame.Tunnelled)
                {
                    _cells.Fetch(PlainFrame.Guess(frame.Data));
                }

                Add(in frame, walker.Walk(in frame));
            }
        }
        finally
        {
            Frames += frames - left;
        }

        return left == 0;
    }

    /// <inheritdoc/>
    public override bool Join(long framesBefore)
    {
        CountCells();
        _cells.Clear();
        CountUntraced();
        return _analyzer.Join(this, framesBefore);
    }

    /// <summary>Packets of flows in other parts than their first, by flow and part.</summary>
    public IReadOnlyDictionary<(int Flow, int Part), long> Elsewhere => _elsewhere;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void Add(in CapturedFrame frame, FrameVerdict verdict)
    {
        if (verdict.Shape == FrameShape.Any || frame.WireLength > Observation.LongestWireFrame)
        {
            Add(verdict.Shape == FrameShape.Any ? verdict : _fullWalker.Walk(in frame), in frame, out _, out _);
            return;
        }

        PlainFrame plain = new(frame.Data, verdict.Shape);
        PlainCell* cell = _cells.Find(plain);
        DirectionPart? part = cell->IsUsed ? _partArray[cell->Part] : null;
        if (part is null || part.IsClosed)
        {
            AddFirst(in frame, plain, cell);
            return;
        }

        part.Timeline.AddRight(frame.TimestampNanoseconds);
        if (cell->Count(plain.Length))
        {
            NoteRight(in frame, plain, cell);
        }
    }

    /// <summary>A right packet that may heal a flow.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private unsafe void NoteRight(in CapturedFrame frame, PlainFrame plain, PlainCell* cell)
    {
        cell->IsNoted = true;
        byte* data = frame.Data;
        _right.Add(new RightPacket(FlowAt(cell->Flow).Key, PlainFrame.Source(data), plain.SourcePort(data), frame.Number,
            frame.TimestampNanoseconds));
    }

    /// <summary>The first of those that are alike goes the long way.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private unsafe void AddFirst(in CapturedFrame frame, PlainFrame plain, PlainCell* cell)
    {
        if (cell->IsUsed)
        {
            CountRight(in *cell);
            cell->Packets = cell->Long = 0;
        }
        else if (_settledFlows is not null && AddUntraced(in frame, plain))
        {
            return;
        }

        Add(_fullWalker.Walk(in frame), in frame, out int part, out int flow);
        if (flow < 0)
        {
            ReserveUntraced(plain.WithoutFlow, part);
            return;
        }

        if (_cells.IsCrowded)
        {
            CountCells();
            _cells.Grow();
        }

        ref ShardFlow own = ref FlowAt(flow);
        own.FirstCell = _cells.Add(plain, part, flow, own.FirstCell);
    }

    /// <summary>Counts a packet of which nothing is remembered any more but that it may heal a flow; false where it is
    /// none.</summary>
    private unsafe bool AddUntraced(in CapturedFrame frame, PlainFrame plain)
    {
        FlowKey flow = plain.Flow;
        PlainCell* cell = _untraced.Find(plain.WithoutFlow);
        if (!cell->IsUsed || _settledFilter!.MayHold(in flow))
        {
            return false;
        }

        DirectionPart part = _partArray[cell->Part];
        ushort port = plain.SourcePort(frame.Data);
        if (part.IsClosed || (port != 0 && !part.IsSettled(flow.Source, port, _options.RangeOf(TunnelType.Vxlan))))
        {
            return false;
        }

        part.Timeline.AddRight(frame.TimestampNanoseconds);
        cell->Count(plain.Length);
        _right.Add(new RightPacket(flow, PlainFrame.Source(frame.Data), port, frame.Number,
            frame.TimestampNanoseconds));
        return true;
    }

    /// <summary>Packets like this one, whatever their flow, are counted there from now on.</summary>
    private unsafe void ReserveUntraced(PlainFrame plain, int part)
    {
        PlainCell* cell = _untraced.Find(plain);
        if (cell->IsUsed && cell->Part != part)
        {
            CountUntraced(in *cell);
        }

        if (!cell->IsUsed && _untraced.IsCrowded)
        {
            CountUntraced();
            _untraced.Grow();
        }

        if (!cell->IsUsed || cell->Part != part)
        {
            _untraced.Add(plain, part, -1, -1);
        }
    }

    private void CountUntraced()
    {
        foreach (ref readonly PlainCell cell in _untraced.All)
        {
            if (cell.IsUsed)
            {
                CountUntraced(in cell);
            }
        }

        _untraced.Clear();
    }

    private void CountUntraced(in PlainCell cell)
    {
        _parts[cell.Part].CountLike(cell.Shape, cell.Packets, cell.Long, cell.IsRouted);
        _parts[cell.Part].Untraced += cell.Packets;
    }

    private void Add(FrameVerdict verdict, in CapturedFrame frame, out int part, out int flow)
    {
        part = flow = -1;
        Observation seen = ObservationFactory.Of(verdict, in frame);
        if (seen.OuterSource.IsNone)
        {
            return;
        }

        seen.Path = _path;
        part = PartOf(in seen);
        bool isRight = _parts[part].Count(in seen, _options.RangeOf(seen.Tunnel));
        flow = Trace(in seen, part);
        if (seen.IsBad)
        {
            _faults.Add((part, seen));
            ForgetNoted(flow);
        }
        else if (isRight && (flow < 0 || FlowAt(flow).Note(in seen)))
        {
            _right.Add(RightPacket.Of(in seen));
        }
    }

    /// <summary>The part of the direction that a packet belongs to.</summary>
    private int PartOf(in Observation seen)
    {
        DirectionKey key = DirectionKey.Of(in seen);
        bool isBad = seen.IsBad;
        if (_lastPart >= 0 && _lastKey == key && (!isBad || _parts[_lastPart] is { IsFaulty: true, IsOverflow: false }))
        {
            return _lastPart;
        }

        _lastKey = key;
        return _lastPart = PartOf(in key, isBad);
    }

    private int PartOf(in DirectionKey key, bool isBad)
    {
        if (_partIndex.TryGetValue(key, out int known) && (!isBad || _parts[known].IsFaulty))
        {
            return known;
        }

        if (IsBeyond(in key, isBad))
        {
            if (_overflow < 0)
            {
                _overflow = AddPart(New(default, isFaulty: true, isOverflow: true));
            }

            return _overflow;
        }

        // From its first fault on a direction may be told apart that was not before; so it gets another part.
        if (_partIndex.ContainsKey(key))
        {
            _parts[known].IsClosed = true;
        }
        else if (_overflow >= 0)
        {
            CountCells();
            _cells.Clear();
            CountUntraced();
        }

        return _partIndex[key] = AddPart(New(key, isBad, isOverflow: false));
    }

    /// <summary>There are enough directions, and it is none of them.</summary>
    private bool IsBeyond(in DirectionKey key, bool isBad) =>
        _settledDirections is not null && !_settledDirections.ContainsKey(key) && !_faultyDirections.ContainsKey(key)
        && (!isBad || _faultyDirections.Count >= AnalysisBudget.Directions);

    private DirectionPart New(DirectionKey key, bool isFaulty, bool isOverflow) => new(key)
    {
        IsFaulty = isFaulty,
        IsOverflow = isOverflow,
        Whole = Known.GetValueOrDefault(key),
    };

    private int AddPart(DirectionPart part)
    {
        if (_parts.Count == _partArray.Length)
        {
            Array.Resize(ref _partArray, 2 * _parts.Count);
        }

        _partArray[_parts.Count] = part;
        _parts.Add(part);
        return _parts.Count - 1;
    }

    /// <summary>The number of the packet's flow; -1 where it has none, or is none of those that are traced.</summary>
    private int Trace(in Observation seen, int part)
    {
        if (seen.Flow.Source.IsNone)
        {
            return -1;
        }

        if (!_flowIndex.TryGetValue(seen.Flow, out int flow))
        {
            if (_settledFlows is not null
                && !(_settledFilter!.MayHold(in seen.Flow) && _settledFlows.ContainsKey(seen.Flow)))
            {
                _parts[part].Untraced++;
                return -1;
            }

            flow = _flows.Count;
            _flowIndex.Add(seen.Flow, flow);
            _flows.Add(new ShardFlow(seen.Flow, _parts.Count, part));
        }

        CountPackets(flow, part, 1);
        ref ShardFlow own = ref FlowAt(flow);
        own.Right += FlowTrace.IsRight(in seen) ? 1 : 0;
        own.Seed |= FlowTrace.IsSeed(in seen);
        own.Data |= FlowTrace.IsData(in seen);
        return flow;
    }

    /// <summary>After a bad packet of a flow the next right one counts anew.</summary>
    private unsafe void ForgetNoted(int flow)
    {
        if (flow < 0)
        {
            return;
        }

        ref ShardFlow own = ref FlowAt(flow);
        own.Forget();
        for (int cell = own.FirstCell; cell >= 0; cell = _cells.At(cell)->Next)
        {
            _cells.At(cell)->IsNoted = false;
        }
    }

    private void CountPackets(int flow, int part, long packets)
    {
        ref ShardFlow own = ref FlowAt(flow);
        if (own.Part == part)
        {
            own.Packets += packets;
        }
        else
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_elsewhere, (flow, part), out _) += packets;
        }
    }

    /// <summary>What the cells counted goes to their flows.</summary>
    private void CountCells()
    {
        foreach (ref readonly PlainCell cell in _cells.All)
        {
            if (cell.IsUsed)
            {
                CountRight(in cell);
                FlowAt(cell.Flow).FirstCell = -1;
            }
        }
    }

    private void CountRight(in PlainCell cell)
    {
        if (cell.Packets == 0)
        {
            return;
        }

        CountPackets(cell.Flow, cell.Part, cell.Packets);
        _parts[cell.Part].CountLike(cell.Shape, cell.Packets, cell.Long, cell.IsRouted);
        ref ShardFlow own = ref FlowAt(cell.Flow);
        own.Right += cell.Packets;
        own.Data |= cell.HasData;
    }

    private ref ShardFlow FlowAt(int flow) => ref CollectionsMarshal.AsSpan(_flows)[flow];
}
