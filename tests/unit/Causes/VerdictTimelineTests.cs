using VxlanCsum.Causes;
using Xunit;

namespace VxlanCsum.UnitTests.Causes;

public sealed class VerdictTimelineTests
{
    private const long Second = 1_000_000_000, Begin = 1_760_000_000 * Second;

    [Fact]
    public void PacketsAreCountedWhereTheyAre()
    {
        VerdictTimeline timeline = new();
        timeline.Add(Begin, 1, 0, 0, 0);
        timeline.Add(Begin + 500_000, 0, 1, 0, 0);
        timeline.Add(Begin + (2 * Second), 0, 0, 1, 0);
        timeline.Add(Begin + (2 * Second), 0, 0, 0, 1);
        IReadOnlyList<VerdictInterval> intervals = timeline.Intervals();
        Assert.Equal([(1, 1, 0, 0), (0, 0, 1, 1)],
            intervals.Select(static i => (i.Right, i.Pending, i.Unverified, i.Bad)));
        Assert.Equal(DateTime.UnixEpoch.AddSeconds(1_760_000_000), intervals[0].From);
        Assert.InRange(DateTime.UnixEpoch.AddSeconds(1_760_000_002), intervals[1].From, intervals[1].Until);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WhateverTheOrderNoPacketIsLostAndEachIsInItsInterval(int seed)
    {
        Random random = new(seed);
        VerdictTimeline timeline = new();
        long[] times = [.. Enumerable.Range(0, 5000)
            .Select(_ => Begin + random.NextInt64(-1000 * Second, 100_000 * Second))];
        foreach (long time in times)
        {
            timeline.Add(time, 0, 0, 0, 1);
        }

        IReadOnlyList<VerdictInterval> intervals = timeline.Intervals();
        Assert.InRange(intervals.Count, VerdictTimeline.Most / 4, VerdictTimeline.Most);
        Assert.Single(intervals.Select(static i => i.Until - i.From).Distinct());
        Assert.All(intervals.Zip(intervals.Skip(1)), static pair => Assert.True(pair.First.Until <= pair.Second.From));
        Assert.All(intervals, interval => Assert.Equal(
            times.Count(
                t => t / 100 >= (interval.From - DateTime.UnixEpoch).Ticks
                    && t / 100 < (interval.Until - DateTime.UnixEpoch).Ticks), interval.Bad));
        Assert.Equal(times.Length, intervals.Sum(static i => i.Bad));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void NonsenseIsNotCounted(long time)
    {
        VerdictTimeline timeline = new();
        timeline.Add(time, 1, 0, 0, 0);
        Assert.Empty(timeline.Intervals());
    }

    [Fact]
    public void TheLongestSpanThereIsFits()
    {
        VerdictTimeline timeline = new();
        timeline.Add((1L << 62) - 1, 1, 0, 0, 0);
        timeline.Add(1, 1, 0, 0, 0);
        timeline.Add(Begin, 1, 0, 0, 0);
        Assert.Equal(3, timeline.Intervals().Sum(static i => i.Right));
    }
}
