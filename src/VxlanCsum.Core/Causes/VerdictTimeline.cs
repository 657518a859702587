using VxlanCsum.Captures.Files;

namespace VxlanCsum.Causes;

/// <summary>Counts verdicts over time in a fixed number of intervals, which get twice as long whenever they no longer
/// reach.</summary>
internal sealed class VerdictTimeline
{
    /// <summary>Intervals at most.</summary>
    public const int Most = 64;

    private const int Verdicts = 4;
    private const long Shortest = 1_000_000, LatestTime = 1L << 62;

    private readonly long[] _counts = new long[Most * Verdicts];
    private long _start = long.MinValue, _width = Shortest;

    /// <param name="time">Nanoseconds since 1970; what has no time, or one that only damage makes, is not
    /// counted.</param>
    public void Add(long time, long right, long pending, long unverified, long bad)
    {
        if (time is <= 0 or >= LatestTime)
        {
            return;
        }

        if (_start == long.MinValue)
        {
            _start = time - (time % Shortest);
        }

        while (time < _start)
        {
            ReachBack();
        }

        while (time - _start >= _width * Most)
        {
            Fold();
        }

        int at = (int)((time - _start) / _width) * Verdicts;
        _counts[at] += right;
        _counts[at + 1] += pending;
        _counts[at + 2] += unverified;
        _counts[at + 3] += bad;
    }

    /// <summary>Takes over the counts of another; its intervals may be spread over two of these where they are
    /// wider.</summary>
    public void Merge(VerdictTimeline other)
    {
        for (int i = 0; i < Most && other._start != long.MinValue; i++)
        {
            Span<long> counts = other._counts.AsSpan(i * Verdicts, Verdicts);
            if (counts.IndexOfAnyExcept(0) >= 0)
            {
                Add(other._start + (i * other._width), counts[0], counts[1], counts[2], counts[3]);
            }
        }
    }

    /// <summary>The intervals that hold packets, in order.</summary>
    public IReadOnlyList<VerdictInterval> Intervals()
    {
        var intervals = new List<VerdictInterval>();
        for (int i = 0; i < Most; i++)
        {
            Span<long> counts = _counts.AsSpan(i * Verdicts, Verdicts);
            if (counts.IndexOfAnyExcept(0) >= 0)
            {
                intervals.Add(
                    new VerdictInterval(CaptureTime.ToDateTime(_start + (i * _width)),
                        CaptureTime.ToDateTime(_start + ((i + 1) * _width)), counts[0], counts[1], counts[2],
                        counts[3]));
            }
        }

        return intervals;
    }

    /// <summary>Two intervals become one; there is as much room again after them.</summary>
    private void Fold()
    {
        for (int i = 0; i < Most; i++)
        {
            for (int v = 0; v < Verdicts; v++)
            {
                _counts[(i * Verdicts) + v] = i < Most / 2
                    ? _counts[(2 * i * Verdicts) + v] + _counts[(((2 * i) + 1) * Verdicts) + v] : 0;
            }
        }

        _width *= 2;
    }

    /// <summary>The same, with the room before them: captures that were merged need not come in the order of
    /// time.</summary>
    private void ReachBack()
    {
        _start -= _width * Most;
        Fold();
        Array.Copy(_counts, 0, _counts, Most / 2 * Verdicts, Most / 2 * Verdicts);
        Array.Clear(_counts, 0, Most / 2 * Verdicts);
    }
}
