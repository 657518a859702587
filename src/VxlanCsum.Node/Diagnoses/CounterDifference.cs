using System.Diagnostics;
using VxlanCsum.Counters;
using VxlanCsum.Node.Counters;

namespace VxlanCsum.Node.Diagnoses;

/// <summary>A first reading of the counters, to be compared with a second.</summary>
internal sealed class CounterDifference(IReadOnlyList<ChecksumErrorCounter> first)
{
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Reads again, so long after the first reading at least.</summary>
    public IReadOnlyList<ChecksumErrorCounter> Again(TimeSpan interval, CancellationToken cancellation)
    {
        TimeSpan left = interval - Stopwatch.GetElapsedTime(_start);
        if (left > TimeSpan.Zero && cancellation.WaitHandle.WaitOne(left))
        {
            cancellation.ThrowIfCancellationRequested();
        }

        long now = Stopwatch.GetTimestamp();
        return [.. SnmpText.Compare(first, ChecksumCounters.Read(), Stopwatch.GetElapsedTime(_start, now))];
    }
}
