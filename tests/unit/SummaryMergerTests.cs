using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Scanning;
using VxlanCsum.Summaries;
using VxlanCsum.Verdicts;
using Xunit;

namespace VxlanCsum.UnitTests;

public sealed class SummaryMergerTests
{
    [Fact]
    public void Shards_add_up_to_the_whole_in_any_order()
    {
        CaptureSummary[] shards = [.. SampleCaptures.All.Select(Measure)];
        Assert.True(shards.Length > 5);
        SummaryBuilder whole = new();
        foreach (string path in SampleCaptures.All)
        {
            Scan(path, whole);
        }

        CaptureSummary expected = whole.Build("all", complete: true);
        Assert.NotEmpty(expected.FaultyTalkers);
        Assert.NotEmpty(expected.Tunnels);
        Same(expected, Merge(shards));
        Same(expected, Merge([.. shards.Reverse()]));

        // And of merged ones again.
        Same(expected, Merge([Merge(shards[..3]) with { Path = "a" }, Merge(shards[3..]) with { Path = "b" }]));
    }

    [Fact]
    public void What_was_added_counts_once_and_one_damaged_shard_is_enough()
    {
        CaptureSummary one = new() { Path = "x", Packets = 2, Good = 2, Complete = true, Dropped = 3 };
        SummaryMerger merger = new();
        Assert.True(merger.Add(one));
        Assert.False(merger.Add(one with { }));
        Assert.True(merger.Add(one with { Path = "y", Complete = false, Dropped = null }));
        CaptureSummary sum = merger.Build("both");
        Assert.Equal(("both", 4L, 4L, 3L, false, 2),
            (sum.Path, sum.Packets, sum.Good, sum.Dropped, sum.Complete, merger.Count));
        Assert.Equal(TimeSpan.Zero, sum.Duration);
    }

    private static CaptureSummary Merge(CaptureSummary[] summaries)
    {
        SummaryMerger merger = new();
        Assert.All(summaries, summary => Assert.True(merger.Add(summary)));
        return merger.Build("all");
    }

    private static CaptureSummary Measure(string path)
    {
        SummaryBuilder builder = new();
        Scan(path, builder);
        return builder.Build(path, complete: true);
    }

    private static void Scan(string path, SummaryBuilder builder)
    {
        using FileStream file = File.OpenRead(path);
        using CaptureReader reader = CaptureReaderFactory.Open(file, path);
        new CaptureScanner(CancellationToken.None).Scan(reader, new SummaryPart(new TunnelPorts(), builder));
    }

    private static void Same(CaptureSummary expected, CaptureSummary actual)
    {
        // Records compare lists by reference, and of equal counts the order is free.
        Assert.Equal(expected with { Checksums = [], Causes = [], Tunnels = [], FaultyTalkers = [] },
            actual with { Checksums = [], Causes = [], Tunnels = [], FaultyTalkers = [] });
        Assert.Equal(Texts(expected.Checksums), Texts(actual.Checksums));
        Assert.Equal(Texts(expected.Causes), Texts(actual.Causes));
        Assert.Equal(Texts(expected.Tunnels), Texts(actual.Tunnels));
        Assert.Equal(Texts(expected.FaultyTalkers), Texts(actual.FaultyTalkers));
        Assert.Equal(actual.Tunnels.Select(static t => t.Packets).OrderDescending(),
            actual.Tunnels.Select(static t => t.Packets));
    }

    private static string[] Texts<T>(IEnumerable<T> items) =>
        [.. items.Select(static i => i!.ToString()!).Order(StringComparer.Ordinal)];
}
