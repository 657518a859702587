using System.Runtime.CompilerServices;
using VxlanCsum.Captures.Files;

namespace VxlanCsum.Causes;

/// <summary>Counts verdicts over time in a fixed number of intervals, which get twice as long whenever they no longer
/// reach.</summary>
/// <remarks>Intervals begin at multiples of their length since 1970: so they are the same in whatever order, and from
/// whatever parts, the packets come.</remarks>
internal sealed class VerdictTimeline
{
    /// <summary>Intervals at most.</summary>
    public const int Most = 64;

    private const int Verdicts = 4;
    private const long Shortest = 1_000_000, LatestTime = 1L << 62;

    private readonly long[] _counts = new long[Most * Verdicts];

    /// <summary>The interval that stands first, counted from 1970 in intervals; those that hold packets, from it.</summary>
    private long _first, _width = Shortest;
    private int _lowest = Most, _highest = -1;

    /// <summary>Where the packet before was counted: most are in the same interval.</summary>
    private long _begin = long.MinValue;
    private int _at;

    /// <param name="time">Nanoseconds since 1970; what has no time, or one that only damage makes, is not
    /// counted.</param>
    public void Add(long time, long right, long pending, long unverified, long bad)
    {
        if (!Find(time))
        {
            return;
        }

        _counts[_at] += right;
        _counts[_at + 1] += pending;
        _counts[_at + 2] += unverified;
        _counts[_at + 3] += bad;
    }

    /// <summary>Counts one right packet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddRight(long time)
    {
        if ((ulong)(time - _begin) < (ulong)_width || Find(time))
        {
            _counts[_at]++;
        }
    }

    /// <summary>Takes over the counts of another.</summary>
    public void Merge(VerdictTimeline other)
    {
        while (_width < other._width)
        {
            Widen();
        }

        for (int i = other._lowest; i <= other._highest; i++)
        {
            Span<long> counts = other._counts.AsSpan(i * Verdicts, Verdicts);
            if (HoldsAny(counts))
            {
                // The first interval begins at zero, which for a packet would be no time.
                Add(Math.Max(1, (other._first + i) * other._width), counts[0], counts[1], counts[2], counts[3]);
            }
        }
    }

    /// <summary>The intervals that hold packets, in order.</summary>
    public IReadOnlyList<VerdictInterval> Intervals()
    {
        var intervals = new List<VerdictInterval>();
        for (int i = _lowest; i <= _highest; i++)
        {
            Span<long> counts = _counts.AsSpan(i * Verdicts, Verdicts);
            if (HoldsAny(counts))
            {
                intervals.Add(
                    new VerdictInterval(CaptureTime.ToDateTime((_first + i) * _width),
                        CaptureTime.ToDateTime((_first + i + 1) * _width), counts[0], counts[1], counts[2],
                        counts[3]));
            }
        }

        return intervals;
    }

    private static bool HoldsAny(ReadOnlySpan<long> counts) => (counts[0] | counts[1] | counts[2] | counts[3]) != 0;

    private bool Find(long time)
    {
        if (time is <= 0 or >= LatestTime)
        {
            return false;
        }

        while (!Reaches(time / _width))
        {
            Widen();
        }

        int slot = (int)((time / _width) - _first);
        (_lowest, _highest) = (Math.Min(_lowest, slot), Math.Max(_highest, slot));
        (_begin, _at) = ((_first + slot) * _width, slot * Verdicts);
        return true;
    }

    /// <summary>Moves the intervals so that this one is among them; false where they are too short for that.</summary>
    private bool Reaches(long interval)
    {
        if (_highest < 0)
        {
            _first = interval;
            return true;
        }

        if ((ulong)(interval - _first) < Most)
        {
            return true;
        }

        long low = Math.Min(interval, _first + _lowest), high = Math.Max(interval, _first + _highest);
        if (high - low >= Most)
        {
            return false;
        }

        Move((int)(_first - low));
        return true;
    }

    /// <summary>So many intervals later in the array, or earlier.</summary>
    private void Move(int by)
    {
        int from = _lowest * Verdicts, length = (_highest + 1 - _lowest) * Verdicts;
        long[] held = _counts.AsSpan(from, length).ToArray();
        Array.Clear(_counts, from, length);
        held.CopyTo(_counts, from + (by * Verdicts));
        _first -= by;
        _lowest += by;
        _highest += by;
        _begin = long.MinValue;
    }

    /// <summary>Two intervals become one; there is as much room again after them.</summary>
    private void Widen()
    {
        long odd = _first & 1, low = _lowest, high = _highest;
        for (long i = low; i <= high; i++)
        {
            long to = (i + odd) / 2;
            for (int v = 0; v < Verdicts && to != i; v++)
            {
                _counts[(to * Verdicts) + v] += _counts[(i * Verdicts) + v];
                _counts[(i * Verdicts) + v] = 0;
            }
        }

        _first >>= 1;
        _width *= 2;
        _begin = long.MinValue;
        if (high >= 0)
        {
            (_lowest, _highest) = ((int)((low + odd) / 2), (int)((high + odd) / 2));
        }
    }
}
