using System.Globalization;
using VxlanCsum.Captures.Files;
using VxlanCsum.Causes;
using VxlanCsum.Clusters;
using VxlanCsum.Diagnoses;
using Xunit;

namespace VxlanCsum.UnitTests.Causes;

/// <summary>Memory stays bounded, nothing is lost from the counts, and the result says what was left out.</summary>
public sealed class AnalysisLimitTests
{
    [Fact]
    public void DirectionsBeyondTheLimitAreGatheredButAFaultKeepsItsName()
    {
        IReadOnlyList<VxlanChecksumResult> results = Analysis.Of(
            Enumerable.Range(0, AnalysisBudget.Directions + 300).Select(i =>
        {
            TunnelFrame frame = new()
            {
                Source = string.Create(CultureInfo.InvariantCulture,
                $"10.{i >> 8}.{i & 255}.7"),
                InnerSourcePort = 1024 + i
            };
            return i == AnalysisBudget.Directions + 5 ? frame.WithOuterChecksum(0x1234) : frame.Healthy();
        }));
        Assert.Equal(AnalysisBudget.Directions + 1, results.Count);
        Assert.Equal(AnalysisBudget.Directions + 300, results.Sum(r => r.Packets));
        Assert.Equal(("10.4.5.7", 1), (results[0].OuterSource, results[0].BadPackets));
        VxlanChecksumResult rest = Assert.Single(results, r => r.OuterSource is null);
        Assert.Equal((300, 0), (rest.Packets, rest.BadPackets));
        Assert.Equal(EvidenceKind.Limit, rest.Evidence[0].Kind);
        Assert.StartsWith("Of many directions together", rest.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void BindingsAndEvidenceBeyondTheLimitAreCountedAndSaidSo()
    {
        const int Flows = AnalysisBudget.BindingsPerDirection + 500;
        Random random = new(3);
        VxlanChecksumResult result = Analysis.Only(Enumerable.Range(0, Flows).Select(i =>
            new TunnelFrame { SourcePort = random.Next(32768, 61000), InnerSourcePort = 1024 + i }.DefectB("10.0.10.14",
                random.Next(1024, 65536))));
        Assert.Equal((ChecksumCause.NatLocalChecksum, (long)Flows, (long)Flows),
            (result.Cause, result.Packets, result.BadPackets));
        Assert.Equal(AnalysisBudget.EvidencePerDirection,
            result.Evidence.Count(e => e.Kind == EvidenceKind.ImpliedPort));
        Assert.Contains(result.Evidence,
            e => e.Kind == EvidenceKind.Limit && e.Text.StartsWith("500 packets", StringComparison.Ordinal)
                && e.Text.Contains("not weighed", StringComparison.Ordinal));
        Assert.Equal(AnalysisBudget.FlowsPerDirection, result.BrokenFlows);
        Assert.Contains(result.Evidence,
            e => e.Kind == EvidenceKind.Limit && e.Text.StartsWith("500 packets", StringComparison.Ordinal)
                && e.Text.Contains("not followed", StringComparison.Ordinal));
        Assert.Contains(result.Evidence,
            e => e.Kind == EvidenceKind.Limit
                && e.Text.StartsWith($"{Flows - AnalysisBudget.EvidencePerDirection} packets",
                    StringComparison.Ordinal));
        Assert.InRange(result.Confidence, 0.99, 1);
    }

    [Fact]
    public void PacketsOfThePipelineAndWalkedFramesGiveTheSameResults()
    {
        foreach (string name in Captures.Samples.All.Select(row => row.Data))
        {
            Assert.Equal(Analysis.OfWalkedCapture(name).Select(Describe), Analysis.OfCapture(name).Select(Describe));
        }
    }

    [Fact]
    public void FramesWithFlippedBitsAreWeighedLikeAnyOthers()
    {
        Random random = new(5);
        TunnelFrame four = new() { Payload = 90 },
            six = new() { Source = "fd00::14", Destination = "fd00::10", Protocol = 6 };
        for (int round = 0; round < 300; round++)
        {
            byte[][] frames = [four.Healthy(), four.LocalOffload(), six.DefectB("fd00::77", 2000), six.OuterOverSeed(),
                four.DefectA("10.0.10.77", 9)];
            foreach (byte[] frame in frames)
            {
                for (int flips = random.Next(0, 6); flips > 0; flips--)
                {
                    frame[random.Next(12, frame.Length)] ^= (byte)(1 << random.Next(8));
                }
            }

            IReadOnlyList<VxlanChecksumResult> results = Analysis.Of(frames);
            Assert.True(results.Sum(r => r.Packets) <= frames.Length);
            Assert.All(results,
                r => Assert.Equal(r.BadPackets > 0 || r.Cause == ChecksumCause.OffloadForgotten, r.IsFault));
            Assert.All(results, r => Assert.InRange(r.Confidence, 0, 1));
        }
    }

    private static string Describe(VxlanChecksumResult r) => string.Join('\n', (IEnumerable<string>)
        [$"{r} {r.Confidence:R} {r.Packets} {r.BadPackets} {r.Vantage} {r.OuterSnatSuspected} "
            + $"{string.Join(',', r.Vnis)}", r.Explanation, .. r.Evidence.Select(e => $"{e}")]);
}
