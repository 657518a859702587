using System.Runtime.CompilerServices;
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
    private const int MostParts = 2048, MostFaults = 1 << 12, MostEntries = 1 << 16, Heavy = 3 << 13;

    private readonly CauseAnalyzer _analyzer;
    private readonly CauseOptions _options;
    private readonly int _path;
    private readonly FrameWalker _walker, _fullWalker;
    private readonly PlainCells _cells = new();

    /// <summary>Of packets whose flows are not traced, by direction.</summary>
    private readonly PlainCells _untraced = new();
    private readonly ShardParts _parts;
    private readonly ShardFlows _flows;
    private readonly ShardFaults _faults = new();
    private readonly RightNotes _right = new();
    private int _stretch, _cellsSeen;
    private bool _isJoined;

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
        _parts = new ShardParts(analyzer, Recount);
        _flows = new ShardFlows(_parts);
    }

    /// <summary>The directions of its packets.</summary>
    public ShardParts Parts => _parts;

    /// <summary>The flows of its packets.</summary>
    public ShardFlows Flows => _flows;

    /// <summary>Packets with something wrong, in order.</summary>
    public ShardFaults Faults => _faults;

    /// <summary>Its right packets that may heal a flow.</summary>
    public RightNotes Right => _right;

    /// <inheritdoc/>
    public override bool IsFull => _parts.Count >= MostParts || _faults.Count >= MostFaults
        || _flows.Number + _right.Count >= MostEntries;

    /// <inheritdoc/>
    public override bool IsHeavy => _flows.Number + _right.Count + _faults.Count >= Heavy;

    /// <inheritdoc/>
    public override void Begin()
    {
        // What was learnt in a stretch that was not joined is nothing that the whole knows.
        if (!_isJoined || _flows.Known > MostEntries || _cells.IsLargeFor(_cellsSeen))
        {
            _cells.Clear();
            _parts.Forget();
            _flows.Forget();
        }

        Frames = 0;
        _isJoined = false;
        _stretch++;
        _untraced.Clear();
        _faults.Clear();
        _right.Clear();
        _parts.Begin(_stretch);
        _flows.Begin(_analyzer, _stretch);
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

                PlainCell* near = _cells.Fetch(
                    frame.CapturedLength >= PlainFrame.Tunnelled ? PlainFrame.Guess(frame.Data) : 0);
                Add(in frame, walker.Walk(in frame), near);
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
        CountUntraced();
        _isJoined = _analyzer.Join(this, framesBefore);
        return _isJoined;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void Add(in CapturedFrame frame, FrameVerdict verdict, PlainCell* near)
    {
        if (verdict.Shape == FrameShape.Any || frame.WireLength > Observation.LongestWireFrame)
        {
            Add(verdict.Shape == FrameShape.Any ? verdict : _fullWalker.Walk(in frame), in frame, out _, out _);
            return;
        }

        PlainFrame plain = new(frame.Data, verdict.Shape);
        PlainCell* cell = near->Is(plain) ? near : _cells.Find(plain);
        if (!IsOpen(in *cell) && !Reopen(cell))
        {
            AddFirst(in frame, plain, cell);
            return;
        }

        DirectionPart part = _parts[cell->Part];
        if (part.IsClosed)
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

    /// <summary>The first of the stretch of those that are alike, where the stretches before had such; false where it has to
    /// go the long way. What the first of all tells but for its being there, the whole knows.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private unsafe bool Reopen(PlainCell* cell)
    {
        int part = cell->IsUsed ? _parts.Reopen(cell->Direction) : -1;
        if (part >= 0)
        {
            Begin(cell, part);
        }

        return part >= 0;
    }

    /// <summary>Has a cell count packets of this part.</summary>
    private unsafe void Begin(PlainCell* cell, int part)
    {
        ref ShardFlow own = ref _flows.See(cell->Flow, part);
        cell->Begin(_stretch, part, own.FirstCell);
        own.FirstCell = _cells.IndexOf(cell);
    }

    /// <summary>A right packet that may heal a flow.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private unsafe void NoteRight(in CapturedFrame frame, PlainFrame plain, PlainCell* cell)
    {
        cell->IsNoted = true;
        _right.Add(in frame, plain, _flows.At(cell->Flow).Key.GetHashCode());
    }

    /// <summary>The first of those that are alike goes the long way.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private unsafe void AddFirst(in CapturedFrame frame, PlainFrame plain, PlainCell* cell)
    {
        if (IsOpen(in *cell))
        {
            CountRight(in *cell);
            cell->Packets = cell->Long = 0;
        }
        else if (_flows.IsSettled && AddSettled(in frame, plain))
        {
            return;
        }

        Add(_fullWalker.Walk(in frame), in frame, out int part, out int flow);
        if (_flows.IsSettled)
        {
            ReserveUntraced(plain.WithoutFlow, part);
        }

        if (flow < 0)
        {
            return;
        }

        // Counting it may have moved or emptied the cells.
        cell = _cells.Find(plain);
        if (IsOpen(in *cell))
        {
            (cell->Part, cell->Direction) = (part, _parts[part].Number);
        }
        else
        {
            cell = AddCell(cell, plain, flow, part);
        }

        // The packet that it was made for was.
        cell->IsNoted = true;
    }

    /// <summary>It counts packets of this stretch; unused ones are of none.</summary>
    private bool IsOpen(in PlainCell cell) => cell.Stretch == _stretch;

    private unsafe PlainCell* AddCell(PlainCell* cell, PlainFrame plain, int flow, int part)
    {
        if (!cell->IsUsed && _cells.IsCrowded)
        {
            CountCells();
            _cells.Grow();
            cell = _cells.Find(plain);
        }

        _cells.Set(cell, plain, flow, _parts[part].Number);
        Begin(cell, part);
        return cell;
    }

    /// <summary>Counts a packet of which nothing is remembered any more but what its flow is told of, and that it may heal
    /// it; false where there is more.</summary>
    private unsafe bool AddSettled(in CapturedFrame frame, PlainFrame plain)
    {
        PlainCell* cell = _untraced.Find(plain.WithoutFlow);
        if (!cell->IsUsed)
        {
            return false;
        }

        FlowKey flow = plain.Flow;
        int hash = flow.GetHashCode();
        DirectionPart part = _parts[cell->Part];
        ushort port = plain.SourcePort(frame.Data);
        if (part.IsClosed || (port != 0 && !part.IsSettled(flow.Source, port, _options.RangeOf(TunnelType.Vxlan)))
            || !_flows.CountFirst(in flow, hash, cell->Part, plain.Length))
        {
            return false;
        }

        part.Timeline.AddRight(frame.TimestampNanoseconds);
        cell->Count(plain.Length);
        _right.Add(in frame, plain, hash);
        return true;
    }

    /// <summary>Packets like this one, whatever their flow, are counted there from now on.</summary>
    private unsafe void ReserveUntraced(PlainFrame plain, int part)
    {
        PlainCell* cell = _untraced.Find(plain);
        if (cell->IsUsed && cell->Part == part)
        {
            return;
        }

        if (cell->IsUsed)
        {
            CountUntraced(in *cell);
        }
        else if (_untraced.IsCrowded)
        {
            CountUntraced();
            _untraced.Grow();
            cell = _untraced.Find(plain);
        }

        _untraced.Set(cell, plain, -1, -1);
        cell->Begin(_stretch, part, -1);
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
        ref Observation seen = ref _faults.Next;
        ObservationFactory.Of(verdict, in frame, out seen);
        if (seen.OuterSource.IsNone)
        {
            return;
        }

        seen.Path = _path;
        part = _parts.Of(in seen);
        bool isRight = _parts[part].Count(in seen, _options.RangeOf(seen.Tunnel));
        flow = _flows.Trace(in seen, part);
        if (seen.IsBad)
        {
            _faults.Keep(part);
            ForgetNoted(flow);
        }
        else if (isRight && (flow < 0 || _flows.At(flow).Note(in seen)))
        {
            _right.Add(in seen);
        }
    }

    /// <summary>After a bad packet of a flow the next right one counts anew.</summary>
    private unsafe void ForgetNoted(int flow)
    {
        if (flow < 0)
        {
            return;
        }

        ref ShardFlow own = ref _flows.At(flow);
        own.Forget();
        for (int cell = own.FirstCell; cell >= 0; cell = _cells.At(cell)->Next)
        {
            _cells.At(cell)->IsNoted = false;
        }
    }

    /// <summary>What the cells counted goes where it belongs, and they begin anew.</summary>
    private void Recount()
    {
        CountCells();
        _cells.Clear();
        CountUntraced();
    }

    /// <summary>What the cells counted goes to their flows.</summary>
    private void CountCells()
    {
        _cellsSeen = 0;
        foreach (ref readonly PlainCell cell in _cells.All)
        {
            if (IsOpen(in cell))
            {
                _cellsSeen++;
                CountRight(in cell);
                _flows.At(cell.Flow).FirstCell = -1;
            }
        }
    }

    private void CountRight(in PlainCell cell)
    {
        if (cell.Packets == 0)
        {
            return;
        }

        _flows.Count(cell.Flow, cell.Part, cell.Packets);
        _parts[cell.Part].CountLike(cell.Shape, cell.Packets, cell.Long, cell.IsRouted);
        ref ShardFlow own = ref _flows.At(cell.Flow);
        own.Right += cell.Packets;
        own.Data |= cell.HasData;
    }
}
