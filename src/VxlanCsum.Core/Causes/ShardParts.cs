namespace VxlanCsum.Causes;

/// <summary>The directions of the packets of a stretch of a capture, each a part of what the whole knows of it; in
/// order of appearance. And those that the thread knows of the stretches before.</summary>
/// <param name="analyzer">Of the whole.</param>
/// <param name="recount">Called before a direction gets a part of which packets may be counted elsewhere.</param>
internal sealed class ShardParts(CauseAnalyzer analyzer, Action recount)
{
    private readonly Dictionary<DirectionKey, int> _numbers = [];
    private readonly List<KnownDirection> _known = [];
    private DirectionPart[] _parts = new DirectionPart[16];

    /// <summary>What is settled of the whole, as of the begin of the stretch: null while it is not.</summary>
    private Dictionary<DirectionKey, Direction>? _settled;
    private Dictionary<DirectionKey, Direction> _faulty = analyzer.FaultyDirections;
    private int _overflow = -1;
    private DirectionKey _lastKey;
    private int _lastPart = -1, _stretch;

    public int Count { get; private set; }

    public DirectionPart this[int part] => _parts[part];

    /// <summary>It took a direction for one that is not told apart, and another has been told apart since.</summary>
    public bool IsStale => _overflow >= 0 && _faulty != analyzer.FaultyDirections;

    /// <summary>Begins a stretch.</summary>
    public void Begin(int stretch)
    {
        _stretch = stretch;
        Array.Clear(_parts, 0, Count);
        Count = 0;
        _overflow = _lastPart = -1;
        (_settled, _faulty) = (analyzer.SettledDirections, analyzer.FaultyDirections);
    }

    /// <summary>Knows no directions any more but those that the whole tells apart; numbers change.</summary>
    public void Forget()
    {
        _numbers.Clear();
        _known.RemoveAll(static k => !k.IsTold);
        for (int i = 0; i < _known.Count; i++)
        {
            _numbers.Add(_known[i].Key, i);
        }
    }

    /// <summary>A part was joined to this.</summary>
    public void Joined(DirectionPart part, Direction whole)
    {
        if (!part.IsOverflow)
        {
            _known[part.Number].Whole = whole;
        }
    }

    /// <summary>The part of the stretch for right packets of a direction that this thread knows; -1 where the whole does not
    /// tell it apart.</summary>
    /// <param name="number">The <see cref="DirectionPart.Number"/> of an earlier part.</param>
    public int Reopen(int number)
    {
        if (number < 0)
        {
            return -1;
        }

        int part = OpenPart(number);
        return part < 0 && _known[number].IsTold ? Add(New(number, isFaulty: false)) : part;
    }

    /// <summary>The part of the direction that a packet belongs to.</summary>
    public int Of(in Observation seen)
    {
        DirectionKey key = DirectionKey.Of(in seen);
        bool isBad = seen.IsBad;
        if (_lastPart >= 0 && _lastKey == key && (!isBad || _parts[_lastPart] is { IsFaulty: true, IsOverflow: false }))
        {
            return _lastPart;
        }

        _lastKey = key;
        return _lastPart = Of(in key, isBad);
    }

    private int Of(in DirectionKey key, bool isBad)
    {
        int part = _numbers.TryGetValue(key, out int number) ? OpenPart(number) : -1;
        if (part >= 0 && (!isBad || _parts[part].IsFaulty))
        {
            return part;
        }

        if (IsBeyond(in key, isBad))
        {
            if (_overflow < 0)
            {
                _overflow = Add(new DirectionPart(default) { IsFaulty = true, IsOverflow = true });
            }

            return _overflow;
        }

        // From its first fault on a direction may be told apart that was not before; so it gets another part.
        if (part >= 0)
        {
            _parts[part].IsClosed = true;
        }
        else if (_overflow >= 0)
        {
            recount();
        }

        return Add(New(NumberOf(in key), isBad));
    }

    /// <summary>The last part in the stretch of a direction that the thread knows; -1 where there is none.</summary>
    private int OpenPart(int number) => _known[number].Stretch == _stretch ? _known[number].Part : -1;

    private int NumberOf(in DirectionKey key)
    {
        if (!_numbers.TryGetValue(key, out int number))
        {
            number = _known.Count;
            _numbers.Add(key, number);
            _known.Add(new KnownDirection(key));
        }

        return number;
    }

    /// <summary>There are enough directions, and it is none of them.</summary>
    private bool IsBeyond(in DirectionKey key, bool isBad) =>
        _settled is not null && !_settled.ContainsKey(key) && !_faulty.ContainsKey(key)
        && (!isBad || _faulty.Count >= AnalysisBudget.Directions);

    private DirectionPart New(int number, bool isFaulty)
    {
        KnownDirection known = _known[number];
        (known.Stretch, known.Part) = (_stretch, Count);
        return new DirectionPart(known.Key) { Number = number, IsFaulty = isFaulty, Whole = known.Whole };
    }

    private int Add(DirectionPart part)
    {
        if (Count == _parts.Length)
        {
            Array.Resize(ref _parts, 2 * Count);
        }

        _parts[Count] = part;
        return Count++;
    }

    /// <summary>A direction that the thread saw packets of.</summary>
    private sealed class KnownDirection(DirectionKey key)
    {
        public DirectionKey Key => key;

        /// <summary>What its parts were joined to; null where none was.</summary>
        public Direction? Whole;

        public bool IsTold => Whole?.Key == Key;

        /// <summary>The last stretch that has a part of it, and the last such part.</summary>
        public int Stretch, Part;
    }
}
