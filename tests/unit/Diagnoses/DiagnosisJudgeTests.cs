using VxlanCsum.Captures.Files;
using VxlanCsum.Diagnoses;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.UnitTests.Causes;
using VxlanCsum.UnitTests.Netfilter;
using Xunit;

namespace VxlanCsum.UnitTests.Diagnoses;

/// <summary>From evidence to verdict, cause and first-ranked mitigation.</summary>
public sealed class DiagnosisJudgeTests
{
    public static TheoryData<string, string, DiagnosisVerdict, ChecksumCause, MitigationKind?> Scenarios()
    {
        const MitigationKind Unmark = MitigationKind.UnmarkTunnel;
        var data = new TheoryData<string, string, DiagnosisVerdict, ChecksumCause, MitigationKind?>();
        foreach (string tool in (string[])["iptables-legacy", "iptables-nft", "ip6tables-legacy", "ip6tables-nft"])
        {
            data.Add("g0", tool, DiagnosisVerdict.AtRisk, ChecksumCause.NatLocalChecksum, Unmark);
            data.Add("g1", tool, DiagnosisVerdict.FaultActive, ChecksumCause.NatLocalChecksum, Unmark);
            data.Add("g1-mark-0x40", tool, DiagnosisVerdict.FaultActive, ChecksumCause.NatLocalChecksum, Unmark);
            data.Add("stale-g1-before-g2", tool, DiagnosisVerdict.FaultActive, ChecksumCause.NatLocalChecksum, Unmark);
            data.Add("masquerade-before-jump", tool, DiagnosisVerdict.FaultActive, ChecksumCause.NatLocalChecksum,
                Unmark);
            data.Add("accept-before-jump", tool, DiagnosisVerdict.FaultActive, ChecksumCause.NatLocalChecksum, Unmark);
            foreach (string well in (string[])["g2", "g2-mark-0x40", "ipvs", "fix-notrack", "fix-accept",
                "fix-unmark-output", "fix-unmark-postrouting"])
            {
                data.Add(well, tool, DiagnosisVerdict.Healthy, ChecksumCause.None, null);
            }

            data.Add("fix-g0-first", tool, DiagnosisVerdict.AtRisk, ChecksumCause.NatLocalChecksum, Unmark);
        }

        foreach (string tool in (string[])["iptables-legacy", "iptables-nft"])
        {
            data.Add("flannel-after-g1", tool, DiagnosisVerdict.FaultActive, ChecksumCause.NatLocalChecksum, Unmark);
            data.Add("flannel-old-before-g2", tool, DiagnosisVerdict.FaultActive, ChecksumCause.NatLocalChecksum,
                Unmark);
            data.Add("calico-before-g2", tool, DiagnosisVerdict.FaultActive, ChecksumCause.NatLocalChecksum, Unmark);
            data.Add("flannel-before-g2", tool, DiagnosisVerdict.Healthy, ChecksumCause.None, null);
            data.Add("calico-after-g2", tool, DiagnosisVerdict.Healthy, ChecksumCause.None, null);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void EachScenarioIsNamed(string scenario, string tool, DiagnosisVerdict verdict, ChecksumCause cause,
        MitigationKind? first)
    {
        NodeDiagnosis diagnosis = Evidence.Recorded(scenario, tool).Judge();
        Assert.Equal((verdict, cause, first),
            (diagnosis.Verdict, diagnosis.Cause,
                diagnosis.Mitigations.Count > 0 ? diagnosis.Mitigations[0].Kind : null));
        Assert.Equal(verdict == DiagnosisVerdict.Healthy, diagnosis.OffendingRule is null);
        Assert.NotEmpty(diagnosis.Explanation);
        Assert.NotEmpty(diagnosis.Recommendation);
        Assert.All(diagnosis.Mitigations,
            static m => Assert.True(m is { Applicable: true, Applied: false, Danger: null }));
    }

    [Theory]
    [InlineData("nft-gen1.nft.txt", DiagnosisVerdict.Healthy, null)]
    [InlineData("nft-gen2.nft.json", DiagnosisVerdict.Healthy, null)]
    [InlineData("nft-never-cleared.nft.json", DiagnosisVerdict.FaultActive, MitigationKind.UnmarkTunnel)]
    public void KubeProxysOwnTablesAreJudgedToo(string file, DiagnosisVerdict verdict, MitigationKind? first)
    {
        NodeDiagnosis diagnosis = Evidence.Of(Rulesets.Recorded(file)).Judge();
        Assert.Equal((verdict, first),
            (diagnosis.Verdict, diagnosis.Mitigations.Count > 0 ? diagnosis.Mitigations[0].Kind : null));
    }

    [Fact]
    public void WithoutOuterChecksumsOnlyABehaviourTestMakesAFault()
    {
        NodeEvidence evidence = Evidence.Recorded("g1", outer: false);
        Assert.Equal((DiagnosisVerdict.AtRisk, ChecksumCause.NatZeroChecksum), Both(evidence.Judge()));
        NodeEvidence old = evidence with { Versions = new NodeVersions { KernelRelease = "4.19.100" } };
        Assert.Equal((DiagnosisVerdict.AtRisk, ChecksumCause.NatZeroChecksum), Both(old.Judge()));
        NodeEvidence has = evidence with
        {
            KernelDefects = [new KernelDefectResult { Defect = ChecksumDefect.A, Present = true }]
        };
        Assert.Equal((DiagnosisVerdict.FaultActive, ChecksumCause.NatZeroChecksum), Both(has.Judge()));
        Assert.Equal(MitigationKind.UnmarkTunnel, has.Judge().Mitigations[0].Kind);
    }

    [Fact]
    public void AKernelThatWasTriedAndIsSoundIsOnlyAtRiskAndAnUnknownOneToo()
    {
        NodeEvidence evidence = Evidence.Recorded("g1");
        Assert.Equal(DiagnosisVerdict.AtRisk,
            (evidence with { KernelDefects = [new KernelDefectResult { Defect = ChecksumDefect.B }] }).Judge().Verdict);
        Assert.Equal(DiagnosisVerdict.AtRisk, (evidence with { Versions = new NodeVersions() }).Judge().Verdict);
        Assert.Equal(DiagnosisVerdict.AtRisk,
            (evidence with
            {
                Versions = new NodeVersions { KernelRelease = "3.10.0-1160.el7.x86_64" }
            }).Judge().Verdict);
    }

    [Fact]
    public void AnOffloadThatIsOffHidesTheFaultAndThatIsSaid()
    {
        NodeDiagnosis diagnosis = Evidence.Recorded("g1", offload: false).Judge();
        Assert.Equal((DiagnosisVerdict.AtRisk, ChecksumCause.NatLocalChecksum), Both(diagnosis));
        Assert.Contains("offload is off", diagnosis.Explanation, StringComparison.Ordinal);
        Assert.Equal(MitigationKind.UnmarkTunnel, diagnosis.Mitigations[0].Kind);
        Assert.DoesNotContain(diagnosis.Mitigations, static m => m.Kind == MitigationKind.DisableTxChecksum);
    }

    [Fact]
    public void WhereTheRuleHitsUnmarkedPacketsClearingTheMarkIsNotOffered()
    {
        NodeEvidence evidence = Evidence.Of(Rulesets.Parse(Rulesets.Nat(
            "-A POSTROUTING -o eth0 -j MASQUERADE --random-fully\n-A POSTROUTING -j KUBE-POSTROUTING\n-A "
            + "KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000\n-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 "
            + "-j RETURN\n-A KUBE-POSTROUTING -j MASQUERADE",
            ":KUBE-MARK-MASQ - [0:0]\n:KUBE-POSTROUTING - [0:0]\n")));
        NodeDiagnosis diagnosis = evidence.Judge();
        Assert.Equal(DiagnosisVerdict.FaultActive, diagnosis.Verdict);
        Assert.Equal(MitigationKind.NoTrackTunnel, diagnosis.Mitigations[0].Kind);
        Assert.DoesNotContain(diagnosis.Mitigations,
            static m => m.Kind is MitigationKind.UnmarkTunnel or MitigationKind.PrependMasquerade);
    }

    [Theory]
    [InlineData(DiagnosisSource.Devices)]
    [InlineData(DiagnosisSource.Features)]
    [InlineData(DiagnosisSource.Rules)]
    [InlineData(DiagnosisSource.Counters)]
    [InlineData(DiagnosisSource.Capture)]
    [InlineData(DiagnosisSource.Probe)]
    [InlineData(DiagnosisSource.Kernel)]
    public void WhatCouldNotBeLookedAtIsNeverHealthy(DiagnosisSource source)
    {
        NodeEvidence evidence = Evidence.Recorded("g2");
        Assert.Equal(DiagnosisVerdict.Healthy, evidence.Judge().Verdict);
        NodeDiagnosis diagnosis = (evidence with { Failures = [new SourceFailure(source, "it is dark.")] }).Judge();
        Assert.Equal(DiagnosisVerdict.Undecided, diagnosis.Verdict);
        Assert.Equal((FindingSeverity.NotLooked, source),
            (diagnosis.Findings[0].Severity, diagnosis.Findings[0].Source));
        Assert.StartsWith("Could not look at", diagnosis.Findings[0].Message, StringComparison.Ordinal);
        Assert.Contains("because it is dark", diagnosis.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void VersionsThatCouldNotBeReadLeaveNothingOpen() =>
        Assert.Equal(DiagnosisVerdict.Healthy,
            (Evidence.Recorded("g2") with
            {
                Failures = [new SourceFailure(DiagnosisSource.Versions, "x.")]
            }).Judge().Verdict);

    [Fact]
    public void ANodeWithoutATunnelOrWithoutKubeProxysRulesIsUndecided()
    {
        NodeEvidence evidence = Evidence.Recorded("g2");
        NodeDiagnosis bare = (evidence with { Facts = evidence.Facts with { Tunnels = [], Walks = [] } }).Judge();
        Assert.Equal((DiagnosisVerdict.Undecided, "NoTunnel"), (bare.Verdict, bare.Findings[0].Id));
        NodeDiagnosis down =
            (evidence with
            {
                Facts = evidence.Facts with
                {
                    Tunnels = [evidence.Facts.Tunnels[0] with { Up = false }],
                    Walks = []
                }
            }).Judge();
        Assert.Equal((DiagnosisVerdict.Undecided, "NoTunnel"), (down.Verdict, down.Findings[0].Id));
        NodeDiagnosis plain = Evidence.Of(Rulesets.Parse(Rulesets.Nat(string.Empty))).Judge();
        Assert.Equal((DiagnosisVerdict.Undecided, "NoKubeRules"), (plain.Verdict, plain.Findings[0].Id));
        NodeDiagnosis unwalked = (evidence with { Facts = evidence.Facts with { Walks = [] } }).Judge();
        Assert.Equal((DiagnosisVerdict.Undecided, "NotWalked"), (unwalked.Verdict, unwalked.Findings[0].Id));
    }

    [Theory]
    [InlineData(DiagnosisSource.Rules)]
    [InlineData(DiagnosisSource.Devices)]
    public void NoLevelIsMadeFromHalfTheEvidence(DiagnosisSource source)
    {
        NodeEvidence evidence = Evidence.Recorded("g2");
        evidence = evidence with { Counters = [new ChecksumErrorCounter("Udp", "InCsumErrors", 9) { Delta = 3 }] };
        Assert.Equal(DiagnosisVerdict.AtRisk, evidence.Judge().Verdict);
        NodeDiagnosis half =
            (evidence with
            {
                Failures = [new SourceFailure(source, "iptables-nft-save failed: exit code 137.")]
            }).Judge();
        Assert.Equal(DiagnosisVerdict.Undecided, half.Verdict);
        Assert.Contains("exit code 137", half.Explanation, StringComparison.Ordinal);
        Assert.Contains("drops packets for their checksums now", half.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void PacketsOutweighRulesThatCouldNotBeRead()
    {
        NodeEvidence evidence = Evidence.Of(
            null) with
        { Failures = [new SourceFailure(DiagnosisSource.Rules, "not root.")] };
        NodeDiagnosis diagnosis = evidence.WithCapture(Analysis.OfCapture("udpcsum-on-random.pcap")).Judge();
        Assert.Equal((DiagnosisVerdict.FaultActive, ChecksumCause.NatLocalChecksum), Both(diagnosis));
        Assert.Equal("NatLocalChecksum", diagnosis.Findings[0].Id);
        Assert.NotEmpty(diagnosis.Findings[0].Evidence);
        Assert.Contains("node7 sends packets that receivers drop", diagnosis.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void AnothersSpoiltPacketsAreAFaultThatIsCuredThere()
    {
        NodeEvidence evidence = Evidence.Recorded("g2") with { Addresses = [System.Net.IPAddress.Parse("10.0.10.10")] };
        evidence = evidence with
        {
            Facts = evidence.Facts with
            {
                Tunnels = [
                evidence.Facts.Tunnels[0] with { Local = System.Net.IPAddress.Parse("10.0.10.10") }]
            }
        };
        NodeDiagnosis diagnosis = evidence.WithCapture(Analysis.OfCapture("udpcsum-on-random.pcap")).Judge();
        Assert.Equal((DiagnosisVerdict.FaultActive, ChecksumCause.NatLocalChecksum), Both(diagnosis));
        Assert.Empty(diagnosis.Mitigations);
        Assert.Contains("receives packets that are spoilt where they come from", diagnosis.Explanation,
            StringComparison.Ordinal);
        Assert.Contains("10.0.10.14", diagnosis.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public void ClassCsMarkInACaptureNamesTheCard()
    {
        NodeEvidence evidence = Evidence.Recorded("g2", driver: "vmxnet3")
            .WithCapture(
                Analysis.Of([new TunnelFrame().OuterOverSeed(), new TunnelFrame { Payload = 80 }.OuterOverSeed()]));
        NodeDiagnosis diagnosis = evidence.Judge();
        Assert.Equal((DiagnosisVerdict.FaultActive, ChecksumCause.OffloadForgotten), Both(diagnosis));
        Assert.Equal([MitigationKind.DisableTunnelSegmentation], diagnosis.Mitigations.Select(static m => m.Kind));
    }

    [Fact]
    public void ASilentServiceOverASuspectCardIsARiskOfClassC()
    {
        DnsProbeResult silent = new()
        {
            Server = "10.96.0.10",
            Port = 53,
            Symptom = DnsSymptom.NoAnswer,
            Mechanism = "No answer."
        };
        NodeDiagnosis diagnosis = (Evidence.Recorded("g2", driver: "vmxnet3") with { Probes = [silent] }).Judge();
        Assert.Equal((DiagnosisVerdict.AtRisk, ChecksumCause.OffloadForgotten), Both(diagnosis));
        Assert.Equal(MitigationKind.DisableTunnelSegmentation, diagnosis.Mitigations[0].Kind);
        // Of some cards it is known that they are not to blame, or nothing.
        foreach (string? driver in (string?[])[null, "tg3", "hv_netvsc", "i40e", "be2net"])
        {
            NodeEvidence evidence = driver is null ? Evidence.Recorded("g2") : Evidence.Recorded("g2", driver: driver);
            NodeDiagnosis other = (evidence with { Probes = [silent] }).Judge();
            Assert.Equal((DiagnosisVerdict.Undecided, ChecksumCause.None), Both(other));
            Assert.Empty(other.Mitigations);
        }
    }

    [Fact]
    public void ALostLookUpThatNothingHereExplainsIsAnotherFaultWithTheNextStep()
    {
        DnsProbeResult lost = new()
        {
            Server = "10.96.0.10",
            Port = 53,
            Transport = DnsTransport.Udp,
            Symptom = DnsSymptom.ResolverRetry5s,
            Mechanism = "Lost."
        };
        NodeEvidence evidence = Evidence.Recorded("g2") with { Probes = [lost], InsertFailed = 3 };
        NodeDiagnosis diagnosis = evidence.Judge();
        DiagnosisFinding other = Assert.Single(diagnosis.Findings, static f => f.Id == "OtherCause");
        Assert.Contains("insert_failed", other.Message, StringComparison.Ordinal);
        Assert.Contains("it is not this fault", diagnosis.Brief.Meaning, StringComparison.Ordinal);

        // No risk of this fault, and not well.
        Assert.Equal((DiagnosisVerdict.Undecided, ChecksumCause.None), Both(diagnosis));
        Assert.StartsWith("The service does not answer as it should, and it is not this fault", diagnosis.Explanation,
            StringComparison.Ordinal);
        Assert.StartsWith("Next: kubectl ", diagnosis.Recommendation, StringComparison.Ordinal);
        Assert.Contains(diagnosis.Brief.Lines, static l => l.Label == "Next"
            && l.Text.StartsWith("kubectl ", StringComparison.Ordinal));
        Assert.Contains(diagnosis.Findings, static f => f.Id == "InsertFailed");

        NodeDiagnosis refused = (evidence with { Probes = [lost with { Symptom = DnsSymptom.Refused }] }).Judge();
        Assert.Equal(DiagnosisVerdict.Undecided, refused.Verdict);
        Assert.StartsWith("The service refuses at once, and it is not this fault", refused.Brief.Meaning,
            StringComparison.Ordinal);

        // What explains it takes its place: drops here, rules that translate.
        ChecksumErrorCounter rising = new("Udp", "InCsumErrors", 9) { Delta = 2 };
        Assert.All((NodeEvidence[])[evidence with { Counters = [rising] },
            Evidence.Recorded("g1") with { Probes = [lost] }],
            static e => Assert.DoesNotContain(e.Judge().Findings, static f => f.Id == "OtherCause"));
    }

    [Fact]
    public void ALargeSegmentThatIsLostIsAnotherCauseOnlyWhereSmallOnesPass()
    {
        DnsProbeResult well = new()
        {
            Server = "10.96.0.10",
            Port = 53,
            Name = "kubernetes.default.svc.cluster.local.",
            QueryType = "A",
            Transport = DnsTransport.Tcp,
            Symptom = DnsSymptom.Healthy,
            Mechanism = "answered.",
            Attempts = [],
        };
        var lost = new LargePacketProbe("10.96.0.10", 53, 1398, Acknowledged: false, Retransmissions: 3);
        NodeEvidence evidence = Evidence.Recorded("g2") with { Probes = [well], LargePackets = [lost] };
        NodeDiagnosis diagnosis = evidence.Judge();
        Assert.Equal((DiagnosisVerdict.Undecided, ChecksumCause.None), Both(diagnosis));
        Assert.StartsWith("Large packets are lost on the way to the service, and it is not this fault", diagnosis.Brief.Meaning,
            StringComparison.Ordinal);
        Assert.Contains("1398 bytes to 10.96.0.10 port 53 was sent 4 times", diagnosis.Explanation,
            StringComparison.Ordinal);

        // Lost once is chance; where small ones are lost as well its size is not why; a fault of the rules stays one.
        Assert.All((NodeEvidence[])[evidence with { LargePackets = [lost with { Retransmissions = 1 }] },
            evidence with { LargePackets = [lost with { Acknowledged = true }] },
            evidence with { Probes = [well with { Symptom = DnsSymptom.NoAnswer }] }],
            static e => Assert.DoesNotContain(e.Judge().Findings, static f =>
                f.Message.StartsWith("Large packets", StringComparison.Ordinal)));
        NodeDiagnosis both = (Evidence.Recorded("g1") with { Probes = [well], LargePackets = [lost] }).Judge();
        Assert.Equal(Both(Evidence.Recorded("g1").Judge()), Both(both));
        Assert.Contains(both.Findings, static f => f.Id == "LargePacketsLost");
    }

    [Fact]
    public void CountersThatRiseAreASignAndOldOnesAreNot()
    {
        NodeEvidence evidence = Evidence.Recorded("g2");
        Assert.Equal(DiagnosisVerdict.Healthy,
            (evidence with
            {
                Counters = [new ChecksumErrorCounter("Udp", "InCsumErrors", 9) { Delta = 0 }]
            }).Judge().Verdict);
        Assert.Equal(DiagnosisVerdict.Healthy,
            (evidence with
            {
                Counters = [new ChecksumErrorCounter("Ip", "InHdrErrors", 9) { Delta = 9 }]
            }).Judge().Verdict);
        NodeDiagnosis rising =
            (evidence with { Counters = [new ChecksumErrorCounter("Udp", "InCsumErrors", 9) { Delta = 2 }] }).Judge();
        Assert.Equal((DiagnosisVerdict.AtRisk, "CountersRising"), (rising.Verdict, rising.Findings[0].Id));
    }

    [Fact]
    public void ACaptureWithoutTunnelPacketsShowsNothing()
    {
        NodeDiagnosis diagnosis = Evidence.Recorded("g2").WithCapture([]).Judge();
        Assert.Equal(DiagnosisVerdict.Healthy, diagnosis.Verdict);
        Assert.Contains(diagnosis.Findings,
            static f => f is { Id: "CaptureEmpty", Severity: FindingSeverity.Information });
    }

    private static (DiagnosisVerdict, ChecksumCause) Both(NodeDiagnosis diagnosis) =>
        (diagnosis.Verdict, diagnosis.Cause);
}
