namespace VxlanCsum.Causes;

/// <summary>The first few distinct values that packets carry, and which packet each was first in.</summary>
/// <remarks>What is kept of two parts of a capture, together, is what would be kept of the whole: a value that is
/// among the first of the whole is among the first of its part.</remarks>
/// <param name="most">Values that are kept.</param>
internal sealed class FirstSeen<T>(int most)
{
    private readonly List<(long Order, T Value)> _values = [];
    private readonly HashSet<T> _known = [];

    public int Count => _values.Count;

    public bool IsFull => _values.Count >= most;

    public bool Holds(T value) => _known.Contains(value);

    public bool HoldsAny(FirstSeen<T> others) => others._values.Exists(v => Holds(v.Value));

    /// <summary>In order of appearance, with the <see cref="Observation.Order"/> of the packet that each was first
    /// in.</summary>
    public List<(long Order, T Value)> Entries => _values;

    public T[] Values() => [.. _values.ConvertAll(static v => v.Value)];

    /// <summary>False where it is known, or one too many.</summary>
    public bool Add(T value, long order)
    {
        if (_values.Count >= most || !_known.Add(value))
        {
            return false;
        }

        _values.Add((order, value));
        return true;
    }

    /// <summary>Takes over what another part saw, whose packets are counted on from <paramref name="shift"/>.</summary>
    public void Merge(FirstSeen<T> other, long shift)
    {
        if (other.Count == 0)
        {
            return;
        }

        if (Count > 0 && other._values[0].Order + shift < _values[^1].Order)
        {
            MergeAmong(other, shift);
            return;
        }

        for (int i = 0; i < other.Count && !IsFull; i++)
        {
            Add(other._values[i].Value, other._values[i].Order + shift);
        }
    }

    private void MergeAmong(FirstSeen<T> other, long shift)
    {
        (long Order, T Value)[] all = [.. _values.Concat(other._values.Select(v => (v.Order + shift, v.Value)))
            .OrderBy(static v => v.Item1)];
        _values.Clear();
        _known.Clear();
        foreach ((long order, T value) in all)
        {
            Add(value, order);
        }
    }
}
