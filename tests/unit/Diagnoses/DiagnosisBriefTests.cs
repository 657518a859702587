using VxlanCsum.Connections;
using VxlanCsum.Diagnoses;
using Xunit;

namespace VxlanCsum.UnitTests.Diagnoses;

/// <summary>What is shown of a diagnosis where nothing else is asked for.</summary>
public sealed class DiagnosisBriefTests
{
    [Fact]
    public void AFaultIsNamedWithItsRuleAndItsCure()
    {
        NodeEvidence evidence = Evidence.Recorded("g1", "iptables-nft") with { Origin = EvidenceOrigin.Live };
        DiagnosisBrief brief = evidence.Judge().Brief;
        Assert.Contains(": FaultActive, NatLocalChecksum (certain: ", brief.Headline, StringComparison.Ordinal);
        Assert.StartsWith("kube-proxy's rule translates ", brief.Meaning, StringComparison.Ordinal);
        Assert.Equal(["Rule", "Cure", "For good", "Proof", "More"], brief.Lines.Select(static l => l.Label));
        Assert.Equal("iptables-nft nat KUBE-POSTROUTING 1: MASQUERADE --random-fully, mark never cleared",
            brief.Lines[0].Text);
        Assert.Equal("Get-ChecksumDiagnosis | Invoke-ChecksumMitigation -Confirm:$false", brief.Lines[1].Command);
        Assert.Equal("Get-ChecksumDiagnosis -CaptureSeconds 5", brief.Lines[3].Command);
    }

    [Fact]
    public void OfWhatIsHealthyThereIsLittleToSay()
    {
        DiagnosisBrief brief = Evidence.Recorded("g2", "iptables-nft").Judge().Brief;
        Assert.EndsWith(": Healthy", brief.Headline, StringComparison.Ordinal);
        Assert.Equal("No checksum fault: tunnel packets keep their address and port.", brief.Meaning);
        Assert.Equal(["More"], brief.Lines.Select(static l => l.Label));
    }

    [Fact]
    public void WhatWasNotSeenIsNamed()
    {
        NodeEvidence evidence = Evidence.Recorded("g2", "iptables-nft");
        NodeDiagnosis diagnosis = (evidence with
        {
            Failures = [new SourceFailure(DiagnosisSource.Features, "ethtool was killed.")],
        }).Judge();
        Assert.Equal(DiagnosisVerdict.Undecided, diagnosis.Verdict);
        Assert.Contains(diagnosis.Brief.Lines, static l => l.Label == "Not seen"
            && l.Text.Contains("the offload features, because ethtool was killed", StringComparison.Ordinal));
        Assert.EndsWith("1 thing left unseen: | Format-List", diagnosis.Brief.Lines[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void CommandsNameTheNamespaceAndQuoteIt()
    {
        NodeEvidence evidence = Evidence.Recorded("g1", "iptables-nft") with { NetworkNamespace = "it's one" };
        DiagnosisBrief brief = evidence.Judge().Brief;
        Assert.Contains("(network namespace it's one)", brief.Headline, StringComparison.Ordinal);
        Assert.StartsWith("Get-ChecksumDiagnosis -NetworkNamespace 'it''s one' | ", brief.Lines[1].Command,
            StringComparison.Ordinal);
    }

    [Fact]
    public void WhatWasSavedIsCuredOnItsNode()
    {
        NodeEvidence evidence = Evidence.Recorded("g1", "iptables-nft") with { Origin = EvidenceOrigin.Saved };
        NodeDiagnosis diagnosis = evidence.Judge();
        Assert.EndsWith($" On {diagnosis.NodeName}:", diagnosis.Brief.Lines[1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain(diagnosis.Brief.Lines, static l => l.Label == "Proof");
    }

    /// <summary>A rule that would strike is no certainty while the kernel's own table speaks against it.</summary>
    [Fact]
    public void WhatSpeaksAgainstItIsSaid()
    {
        NodeEvidence evidence = Evidence.Recorded("g1", "iptables-nft");
        var none = new TunnelBindings([], TranslatedCount: 0, OutgoingCount: 12, MasqueradedCount: 3);
        NodeDiagnosis diagnosis = (evidence with { Bindings = none }).Judge();
        Assert.Equal(DiagnosisVerdict.FaultActive, diagnosis.Verdict);
        Assert.DoesNotContain("certain", diagnosis.Brief.Headline, StringComparison.Ordinal);
        Assert.Contains("no tunnel flow of this moment shows it", diagnosis.Brief.Headline, StringComparison.Ordinal);
        Assert.DoesNotContain("no other way", diagnosis.Explanation, StringComparison.Ordinal);
    }

    /// <summary>Whatever the rules are, it stays under a screen, and says nothing twice.</summary>
    [Theory]
    [MemberData(nameof(DiagnosisJudgeTests.Scenarios), MemberType = typeof(DiagnosisJudgeTests))]
    public void ItIsShort(string scenario, string tool, DiagnosisVerdict verdict, ChecksumCause cause,
        MitigationKind? first)
    {
        NodeDiagnosis diagnosis = Evidence.Recorded(scenario, tool).Judge();
        DiagnosisBrief brief = diagnosis.Brief;
        Assert.Contains($": {verdict}", brief.Headline, StringComparison.Ordinal);
        Assert.Equal(cause != ChecksumCause.None, brief.Headline.Contains($", {cause}", StringComparison.Ordinal));
        Assert.Equal(first is not null, brief.Lines.Any(static l => l.Label == "Cure"));
        int lines = Lines(brief.Headline, 80) + Lines(brief.Meaning, 78) + 2
            + brief.Lines.Sum(static l => Lines(l.Text, 68) + (l.Command is null ? 0 : 1));
        Assert.InRange(lines, 3, 15);
        string[] said = [brief.Headline, brief.Meaning, .. brief.Lines.Select(static l => l.Text)];
        Assert.Distinct(said);
    }

    /// <summary>How many lines a text takes, wrapped between words.</summary>
    private static int Lines(string text, int columns)
    {
        int lines = 1, used = 0;
        foreach (string word in text.Split(' '))
        {
            used += word.Length + 1;
            if (used > columns + 1)
            {
                lines++;
                used = word.Length + 1;
            }
        }

        return lines;
    }
}
