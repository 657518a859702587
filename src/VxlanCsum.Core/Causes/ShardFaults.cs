namespace VxlanCsum.Causes;

/// <summary>The packets with something wrong in a stretch of a capture, in order. Each is filled in where it stays,
/// since copying it costs as much as counting it.</summary>
internal sealed class ShardFaults
{
    private const int First = 16;

    private Observation[] _seen = new Observation[First];
    private int[] _parts = new int[First];

    public int Count { get; private set; }

    /// <summary>May be changed: the join numbers it as the whole does.</summary>
    public ref Observation this[int fault] => ref _seen[fault];

    /// <summary>Where the next packet is filled in; it is one of them once it is kept.</summary>
    public ref Observation Next => ref _seen[Count];

    /// <summary>The part of the direction that it is in.</summary>
    public int PartOf(int fault) => _parts[fault];

    /// <summary>What was filled in is a fault.</summary>
    /// <param name="part">Of the direction that it is in.</param>
    public void Keep(int part)
    {
        _parts[Count++] = part;
        if (Count == _seen.Length)
        {
            Array.Resize(ref _seen, 2 * Count);
            Array.Resize(ref _parts, 2 * Count);
        }
    }

    public void Clear() => Count = 0;
}
