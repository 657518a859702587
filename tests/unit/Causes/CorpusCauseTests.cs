using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Causes;
using VxlanCsum.Clusters;
using VxlanCsum.TcpdumpText;
using VxlanCsum.Verdicts;
using Xunit;

namespace VxlanCsum.UnitTests.Causes;

/// <summary>Public captures of everything but this fault: nothing is lost, nothing thrown, and neither defect is seen
/// in them.</summary>
public sealed class CorpusCauseTests
{
    [Fact]
    public void NoPublicCaptureIsTakenForOneOfTheDefects()
    {
        string folder = TestData.Corpus("pcap");
        int captures = 0;
        foreach (string path in Directory.EnumerateFiles(folder))
        {
            (long addressed, IReadOnlyList<VxlanChecksumResult> results) = Analyze(path);
            captures++;
            Assert.Equal(addressed, results.Sum(r => r.Packets));
            foreach (VxlanChecksumResult result in results)
            {
                string what = $"{Path.GetFileName(path)}: {result}";
                Assert.True(result.Cause is not (ChecksumCause.NatLocalChecksum or ChecksumCause.NatZeroChecksum),
                    what);
                Assert.True(result.Confidence is >= 0 and <= 1, what);
                Assert.True(result.BadPackets + result.PendingPackets + result.UnverifiedPackets <= result.Packets,
                    what);
                Assert.True(result.IsFault == (result.BadPackets > 0 || result.Cause == ChecksumCause.OffloadForgotten),
                    what);
                Assert.True(result.Explanation.Length > 0 && result.Recommendation.Length > 0
                    && result.Evidence.Count > 0, what);
                Assert.True(result.Evidence.All(e => e.Text.Length > 0 && !e.Text.Any(char.IsControl)), what);
            }
        }

        Assert.True(captures > 900, $"{captures} captures in {folder}");
    }

    private static unsafe (long Addressed, IReadOnlyList<VxlanChecksumResult> Results) Analyze(string path)
    {
        CauseAnalyzer analyzer = new(new CauseOptions());
        FrameWalker walker = new(new TunnelPorts());
        long addressed = 0;
        try
        {
            using CaptureReader reader = CaptureReaderFactory.Open(File.OpenRead(path), path);
            while (reader.TryRead(out CapturedFrame frame))
            {
                FrameVerdict verdict = walker.Walk(in frame);
                addressed += verdict.AddressCount > 0 ? 1 : 0;
                analyzer.Add(verdict, in frame);
            }
        }
        catch (CaptureException)
        {
            // Damaged on purpose, some of them; what came before counts.
        }

        return (addressed, analyzer.Complete());
    }
}
