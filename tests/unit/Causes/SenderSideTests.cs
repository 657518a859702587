using System.Net;
using VxlanCsum.Causes;
using Xunit;

namespace VxlanCsum.UnitTests.Causes;

/// <summary>What is known of a live capture besides its packets stands in the result, and is never more than is
/// known.</summary>
public sealed class SenderSideTests
{
    private const string Own = "10.0.10.14";

    private static readonly byte[][] s_frames = [.. Enumerable.Range(0, 6)
        .Select(static i => new TunnelFrame { SourcePort = 40000 + i, InnerSourcePort = 50000 + i, Payload = 40 + i }
            .DefectB(Own, 2000 + (i * 333)))];

    [Fact]
    public void ASampleSaysThatItIsOne()
    {
        VxlanChecksumResult result = Analysis.Only(s_frames, new CauseOptions { Sample = new CaptureSample(6, 384) });
        Assert.Equal(64, result.SampledOneIn);
        Assert.StartsWith("Of a sample, about 1 packet in 64: The outer UDP checksum", result.Explanation,
            StringComparison.Ordinal);
        Assert.Equal(
            "a sample: 6 of about 384 packets of the capture were looked at, chosen at random; the numbers here are of "
            + "the sample, and what is rare may be missing from it", result.Evidence[0].Text);
    }

    [Fact]
    public void WhereAllWereLookedAtItSaysThatToo()
    {
        VxlanChecksumResult result = Analysis.Only(s_frames, new CauseOptions { Sample = new CaptureSample(6, 6) });
        Assert.Equal(1, result.SampledOneIn);
        Assert.StartsWith("The outer UDP checksum", result.Explanation, StringComparison.Ordinal);
        Assert.StartsWith("no sample was needed", result.Evidence[0].Text, StringComparison.Ordinal);
        Assert.Null(Analysis.Only(s_frames).SampledOneIn);
    }

    [Fact]
    public void WhatNatRewritesOfTheDirectionIsTold()
    {
        VxlanChecksumResult result = Analysis.Only(s_frames,
            Local(Flow(40000, 2000), Flow(60000, 2333), Flow(40003, 2999, "10.9.9.9")));
        Assert.Equal([40000, 60000], result.TranslatedFlows.Select(static f => (int)f.OldPort));
        Assert.Equal(
            "NAT on this node rewrites 2 tunnel flows of this direction now, such as 10.0.10.14:40000 leaves as "
            + "10.0.10.14:2000 to 10.0.10.10:8472",
            Assert.Single(result.Evidence, static e => e.Kind == EvidenceKind.NatBinding).Text);
    }

    [Fact]
    public void WhatIsLearntAtTheEndOfACaptureIsWeighed()
    {
        CauseAnalyzer analyzer = new(Analysis.Local(Own));
        Analysis.Add(analyzer, s_frames);
        double before = Assert.Single(analyzer.Complete()).Confidence;
        analyzer.Options = analyzer.Options with
        {
            Bindings = new KnownBindings(
                Enumerable.Range(0, 6).Select(static i => Flow((ushort)(40000 + i), (ushort)(2000 + (i * 333)))))
        };
        VxlanChecksumResult after = Assert.Single(analyzer.Complete());
        Assert.True(after.Confidence > before, $"{after.Confidence} is not more than {before}");
        Assert.Contains(after.Evidence, static e => e.Text.Contains("confirms the original port of 6",
            StringComparison.Ordinal));
    }

    [Fact]
    public void WhatNatDoesNotRewriteIsSaidAndWhatNobodyLookedAtIsNot()
    {
        Assert.Equal("the connection table of this node has no flow of this direction that NAT rewrites now",
            Assert.Single(Analysis.Only(s_frames, Local()).Evidence,
                static e => e.Kind == EvidenceKind.NatBinding).Text);
        CauseOptions foreign = new() { LocalAddresses = [Analysis.Address("10.0.10.10")], Translated = [] };
        Assert.DoesNotContain(Analysis.Only(s_frames, foreign).Evidence,
            static e => e.Kind == EvidenceKind.NatBinding);
        Assert.DoesNotContain(Analysis.Only(s_frames, Analysis.Local(Own)).Evidence,
            static e => e.Kind == EvidenceKind.NatBinding);
    }

    private static CauseOptions Local(params VxlanNatBinding[] flows) =>
        Analysis.Local(Own) with { Translated = flows };

    private static VxlanNatBinding Flow(ushort before, ushort after, string destination = "10.0.10.10") => new()
    {
        OldAddress = IPAddress.Parse(Own),
        OldPort = before,
        NewAddress = IPAddress.Parse(Own),
        NewPort = after,
        DestinationAddress = IPAddress.Parse(destination),
        DestinationPort = 8472,
        NewDestinationAddress = IPAddress.Parse(destination),
        NewDestinationPort = 8472,
    };
}
