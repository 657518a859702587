namespace VxlanCsum.Causes;

/// <summary>The directions of the packets of a stretch of a capture, each a part of what the whole knows of it; in
/// order of appearance.</summary>
/// <param name="analyzer">Of the whole.</param>
/// <param name="recount">Called before a direction gets a part of which packets may be counted elsewhere.</param>
internal sealed class ShardParts(CauseAnalyzer analyzer, Action recount)
{
    private readonly Dictionary<DirectionKey, int> _index = [];
    private DirectionPart[] _parts = new DirectionPart[16];

    /// <summary>What is settled of the whole, as of the begin of the stretch: null while it is not.</summary>
    private Dictionary<DirectionKey, Direction>? _settled;
    private Dictionary<DirectionKey, Direction> _faulty = analyzer.FaultyDirections;
    private int _overflow = -1;
    private DirectionKey _lastKey;
    private int _lastPart = -1;

    public int Count { get; private set; }

    public DirectionPart this[int part] => _parts[part];

    /// <summary>Directions that parts of this thread were joined to.</summary>
    public Dictionary<DirectionKey, Direction> Known { get; } = [];

    /// <summary>It took a direction for one that is not told apart, and another has been told apart since.</summary>
    public bool IsStale => _overflow >= 0 && _faulty != analyzer.FaultyDirections;

    /// <summary>Forgets the stretch before.</summary>
    public void Begin()
    {
        Array.Clear(_parts, 0, Count);
        Count = 0;
        _index.Clear();
        _overflow = _lastPart = -1;
        (_settled, _faulty) = (analyzer.SettledDirections, analyzer.FaultyDirections);
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
        if (_index.TryGetValue(key, out int known) && (!isBad || _parts[known].IsFaulty))
        {
            return known;
        }

        if (IsBeyond(in key, isBad))
        {
            if (_overflow < 0)
            {
                _overflow = Add(New(default, isFaulty: true, isOverflow: true));
            }

            return _overflow;
        }

        // From its first fault on a direction may be told apart that was not before; so it gets another part.
        if (_index.ContainsKey(key))
        {
            _parts[known].IsClosed = true;
        }
        else if (_overflow >= 0)
        {
            recount();
        }

        return _index[key] = Add(New(key, isBad, isOverflow: false));
    }

    /// <summary>There are enough directions, and it is none of them.</summary>
    private bool IsBeyond(in DirectionKey key, bool isBad) =>
        _settled is not null && !_settled.ContainsKey(key) && !_faulty.ContainsKey(key)
        && (!isBad || _faulty.Count >= AnalysisBudget.Directions);

    private DirectionPart New(DirectionKey key, bool isFaulty, bool isOverflow) => new(key)
    {
        IsFaulty = isFaulty,
        IsOverflow = isOverflow,
        Whole = Known.GetValueOrDefault(key),
    };

    private int Add(DirectionPart part)
    {
        if (Count == _parts.Length)
        {
            Array.Resize(ref _parts, 2 * Count);
        }

        _parts[Count] = part;
        return Count++;
    }
}
