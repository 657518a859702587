using VxlanCsum.Clusters;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Reports;
using VxlanCsum.Verdicts;
using Xunit;

namespace VxlanCsum.UnitTests.Reports;

public sealed class ReportDigestTests
{
    [Fact]
    public void TheGravestDecides()
    {
        Assert.Equal(ReportLevel.Fault,
            Writing.Digest(Writing.Tunnel(ReportLevel.Healthy), Writing.Tunnel(ReportLevel.Fault),
                Writing.Tunnel(ReportLevel.AtRisk)).Level);
        Assert.Equal(ReportLevel.Undecided, Writing.Digest().Level);
    }

    [Fact]
    public void WhatIsSeenAfterAVerifiedMitigationCounts()
    {
        ReportDigest digest = Writing.Digest(Writing.Tunnel(ReportLevel.Fault), Writing.Receipt(true),
            Writing.Tunnel(ReportLevel.Healthy));
        Assert.True(digest.IsCured);
        Assert.Equal(ReportLevel.Healthy, digest.Level);
        Assert.Equal((new ReportCounts(7, 0, 0, 7), new ReportCounts(7, 0, 0, 0)), digest.Change);
        Assert.StartsWith("Cured", ReportVerdict.Of(digest).Headline, StringComparison.Ordinal);
        Assert.StartsWith("UnmarkTunnel was verified", ReportVerdict.Of(digest).Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void AMitigationAloneCuresNothing()
    {
        Assert.Equal(ReportLevel.Fault, Writing.Digest(Writing.Tunnel(ReportLevel.Fault), Writing.Receipt(true)).Level);
        Assert.Equal(ReportLevel.Fault,
            Writing.Digest(Writing.Tunnel(ReportLevel.Fault), Writing.Receipt(false),
                Writing.Tunnel(ReportLevel.Healthy)).Level);
        Assert.True(
            Writing.Digest(Writing.Tunnel(ReportLevel.AtRisk), Writing.Receipt(true),
                Writing.Tunnel(ReportLevel.Healthy)).IsCured);
        Assert.False(
            Writing.Digest(Writing.Tunnel(ReportLevel.Healthy), Writing.Receipt(true),
                Writing.Tunnel(ReportLevel.Healthy)).IsCured);
        Assert.Equal(ReportLevel.Fault,
            Writing.Digest(Writing.Tunnel(ReportLevel.Fault), Writing.Receipt(true),
                Writing.Tunnel(ReportLevel.Fault)).Level);
    }

    [Fact]
    public void OneMachinesCureIsNotAnothers()
    {
        ReportDigest digest = Writing.Digest(Writing.Tunnel(ReportLevel.Fault, "a"), Writing.Receipt(true),
            Writing.Tunnel(ReportLevel.Healthy, "b"));
        Assert.Equal(ReportLevel.Fault, digest.Level);
        ReportDigest remote = Writing.Digest(
            Writing.Tunnel(ReportLevel.Fault) with { Computer = "a" }, Writing.Receipt(true) with { Computer = "b" },
            Writing.Tunnel(ReportLevel.Healthy) with { Computer = "a" });
        Assert.Equal(ReportLevel.Fault, remote.Level);
    }

    [Fact]
    public void ALaterMitigationBeginsAnew()
    {
        ReportDigest digest = Writing.Digest(
            Writing.Tunnel(ReportLevel.Fault), Writing.Receipt(true), Writing.Tunnel(ReportLevel.Fault),
            Writing.Receipt(true), Writing.Tunnel(ReportLevel.Healthy));
        Assert.True(digest.IsCured);
    }

    [Fact]
    public void TheGravestAreKeptInOrderAndAllAreCounted()
    {
        ReportDigest digest = new();
        for (int i = 0; i < 100_000; i++)
        {
            digest.Add(Writing.Tunnel(i % 1000 == 999 ? ReportLevel.Fault : ReportLevel.Healthy) with
            {
                Subject = $"{i}"
            });
        }

        Assert.Equal((100_000, 100, 99_900),
            (digest.Items, digest.Count(ReportLevel.Fault), digest.Count(ReportKind.Tunnel, ReportLevel.Healthy)));
        IReadOnlyList<ReportItem> kept = digest.Of(ReportKind.Tunnel);
        Assert.Equal(ReportDigest.MostKept, kept.Count);
        Assert.Equal(["999", "1999", "2999"], kept.Take(3).Select(static i => i.Subject));
        Assert.Equal(["0", "1"], kept.Skip(100).Take(2).Select(static i => i.Subject));
    }

    [Fact]
    public void PartsAreShownAndNotCounted()
    {
        ReportItem diagnosis = Writing.Tunnel(ReportLevel.Fault) with
        {
            Kind = ReportKind.Diagnosis,
            Parts = [Writing.Tunnel(ReportLevel.Fault)]
        };
        ReportDigest digest = Writing.Digest(diagnosis);
        Assert.Equal((1, 0), (digest.Items, digest.Count(ReportKind.Tunnel)));
        Assert.Single(digest.Of(ReportKind.Tunnel));
    }

    [Fact]
    public void TheTimesOfWhateverSawMoreAreKept()
    {
        ReportItem tunnel = Hostile.Item(ReportKind.Tunnel, ReportLevel.Fault),
            capture = Hostile.Item(ReportKind.Capture, ReportLevel.Fault) with { Timeline = [] };
        Assert.Equal(1, Writing.Digest(tunnel).Intervals.Sum(static i => i.Bad));
        Assert.Equal(2, Writing.Digest(tunnel, capture).Intervals.Sum(static i => i.Bad));
        Assert.Empty(Writing.Digest(Writing.Tunnel(ReportLevel.Fault)).Intervals);
    }

    [Fact]
    public void OfNodesThatWereNotLookedAtOnlyTheRiskIsSaid()
    {
        ReportItem risk = Hostile.Item(ReportKind.NodeRisk, ReportLevel.Low) with { Verdict = "Low" };
        Assert.Equal($"{Hostile.Text}: {Hostile.Text}", ReportVerdict.Of(Writing.Digest(risk)).Explanation);
        Assert.StartsWith("Low risk", ReportVerdict.Of(Writing.Digest(risk)).Headline, StringComparison.Ordinal);
        Assert.StartsWith("Low risk",
            ReportVerdict.Of(Writing.Digest(risk, Writing.Tunnel(ReportLevel.Healthy))).Headline,
            StringComparison.Ordinal);
        Assert.StartsWith("Healthy",
            ReportVerdict.Of(Writing.Digest(Writing.Tunnel(ReportLevel.Healthy))).Headline, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsSeenSaysWhetherItIsFromBeforeOrAfterAMitigation()
    {
        ReportItem second = Writing.Receipt(true) with { Subject = "NoTrackTunnel" };
        ReportDigest digest = Writing.Digest(
            Named("a"), Writing.Receipt(true), Named("b"), second, Named("c"), Named("far") with { Computer = "far" });
        Assert.Equal(
            ["a before UnmarkTunnel", "b after UnmarkTunnel", "c after UnmarkTunnel and NoTrackTunnel", "far "],
            digest.Of(ReportKind.Tunnel).Select(static i => $"{i.Subject} {i.Phase}"));
        Assert.All(digest.Of(ReportKind.Mitigation), static i => Assert.Empty(i.Phase));
        Assert.All(Writing.Digest(Named("a"), Writing.Receipt(false), Named("b")).Of(ReportKind.Tunnel),
            static i => Assert.Empty(i.Phase));
    }

    [Theory]
    [InlineData("One.", "One.")]
    [InlineData("One. Two. Three.", "One. Two.")]
    [InlineData("Rule 1. of nat. Its mark, 1.5 of 2. Then more. And more.", "Rule 1. of nat. Its mark, 1.5 of 2.")]
    public void ALeadHasTwoSentences(string text, string lead) => Assert.Equal(lead, ReportText.Sentences(text, 2));

    [Fact]
    public void WhatAnItemSaysInShortLeads()
    {
        ReportItem item = Writing.Tunnel(ReportLevel.Fault) with
        {
            Explanation = "First. Second. Third.",
            Advice = "Do. Then this. And that.",
        };
        ReportVerdict verdict = ReportVerdict.Of(Writing.Digest(item));
        Assert.Equal(("First. Second.", "Do. Then this."), (verdict.Lead, verdict.FirstAdvice));
        ReportVerdict brief = ReportVerdict.Of(
            Writing.Digest(item with { Lead = "In short.", Commands = [new("Cure:", "Get-Cure")] }));
        Assert.Equal(("In short.", "", "First. Second. Third."), (brief.Lead, brief.FirstAdvice, brief.Explanation));
        Assert.Equal("Get-Cure", Assert.Single(brief.Commands).Text);
    }

    private static ReportItem Named(string subject) => Writing.Tunnel(ReportLevel.Fault) with { Subject = subject };

    [Theory]
    [InlineData("ImpliedOriginalPort", "Implied original port")]
    [InlineData("OuterSnatSuspected", "Outer SNAT suspected")]
    [InlineData("OSImage", "OS image")]
    [InlineData("Vnis", "VNIs")]
    public void NamesBecomeWords(string name, string words) => Assert.Equal(words, ReportText.Words(name));

    [Theory]
    [InlineData(1, "100 %")]
    [InlineData(0.99999, "> 99.99 %")]
    [InlineData(0.00001, "< 0.01 %")]
    [InlineData(0, "0 %")]
    public void PercentNeverRoundsToCertainty(double share, string text) =>
    Assert.Equal(text, ReportText.Percent(share));
}
