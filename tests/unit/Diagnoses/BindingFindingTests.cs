using System.Net;
using VxlanCsum.Connections;
using VxlanCsum.Diagnoses;
using VxlanCsum.Diagnoses.Saving;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.UnitTests.Netfilter;
using Xunit;

namespace VxlanCsum.UnitTests.Diagnoses;

/// <summary>What the connection table adds to a diagnosis: proof, evidence, or nothing.</summary>
public sealed class BindingFindingTests
{
    private const string Unknown = "-A POSTROUTING -m vendor --vendor x -j MASQUERADE --random-fully";

    private static readonly TunnelBindings s_quiet = new([], 0, 7, 3);

    [Theory]
    [InlineData(0, 7, 3, true)]
    [InlineData(0, 7, 0, false)]
    [InlineData(0, 0, 3, false)]
    [InlineData(1, 7, 3, false)]
    public void NoneTranslatedSaysSomethingWhereServicesWereAsked(int translated, int outgoing, int masqueraded,
        bool shows) =>
        Assert.Equal(shows, new TunnelBindings([], translated, outgoing, masqueraded).ShowNoTranslation);

    [Fact]
    public void TheFlowsOfATunnelAreThoseToItsPort()
    {
        TunnelBindings bindings = new([Flow(1, 2), Flow(3, 4, port: 4789)], 2, 2, 0);
        VxlanInterface tunnel = Evidence.Of(null).Facts.Tunnels[0];
        Assert.Equal([1], bindings.Of(tunnel).Select(static b => (int)b.OldPort));
    }

    [Fact]
    public void ATranslatedFlowProvesTheFaultWhereTheWalkIsOpen()
    {
        NodeEvidence open = Open(Unknown);
        Assert.Equal(DiagnosisVerdict.Undecided, open.Judge().Verdict);
        NodeDiagnosis proven = (open with { Bindings = new([Flow(44246, 7103)], 1, 7, 0) }).Judge();
        Assert.Equal((DiagnosisVerdict.FaultActive, ChecksumCause.NatLocalChecksum), (proven.Verdict, proven.Cause));
        DiagnosisFinding found = Assert.Single(proven.Findings, static f => f.Id == "TranslatedFlow");
        Assert.Equal(FindingSeverity.Fault, found.Severity);
        Assert.Equal("NAT rewrites 1 tunnel flow of flannel.1 right now, of 7 flows that this node sends: "
            + "10.0.10.14:44246 leaves as 10.0.10.14:7103 to 10.0.10.10:8472. Receivers drop their packets.",
            found.Message);
        Assert.Single(proven.NatBindings);
        Assert.NotEmpty(proven.Mitigations);
    }

    [Fact]
    public void ATranslatedFlowIsAWarningWhereChecksumsAreNotHalfMade()
    {
        NodeDiagnosis diagnosis = (Evidence.Recorded("g1", offload: false) with
        {
            Bindings = new([Flow(44246, 7103)], 1, 7, 0),
        }).Judge();
        Assert.Contains(diagnosis.Findings,
            static f => f is { Id: "TranslatedFlow", Severity: FindingSeverity.Warning }
                && !f.Message.Contains("drop", StringComparison.Ordinal));
    }

    [Fact]
    public void AFlowFromBeforeTheCureIsToldWithWhatEndsIt()
    {
        NodeDiagnosis diagnosis = (Evidence.Recorded("g2") with { Bindings = new([Flow(44246, 7103)], 1, 7, 0) })
            .Judge();
        Assert.Contains("`conntrack -D -p udp --dport 8472` ends them",
            Assert.Single(diagnosis.Findings, static f => f.Id == "TranslatedFlow").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ThatNoneIsTranslatedSettlesWhatTheWalkLeavesOpen()
    {
        NodeDiagnosis diagnosis = (Open(Unknown) with { Bindings = s_quiet }).Judge();
        Assert.True(diagnosis.Verdict == DiagnosisVerdict.Healthy, diagnosis.Explanation);
        Assert.Contains(diagnosis.Findings,
            static f => f is { Id: "RulesUndecided", Severity: FindingSeverity.Information });
        Assert.Equal("NAT rewrites none of the 7 tunnel flows that this node sends now, and 3 masqueraded service "
            + "flows went through a tunnel lately.",
            Assert.Single(diagnosis.Findings, static f => f.Id == "NoTranslatedFlow").Message);
    }

    /// <summary>The next packet may be another's luck, port or destination.</summary>
    [Theory]
    [InlineData("-A POSTROUTING -m statistic --mode random --probability 0.5 -j MASQUERADE --random-fully")]
    [InlineData("-A POSTROUTING -m limit --limit 1/sec -j MASQUERADE --random-fully")]
    [InlineData("-A POSTROUTING -d 10.0.10.99 -j MASQUERADE --random-fully")]
    [InlineData("-A POSTROUTING -p udp --sport 40000:50000 -j MASQUERADE --random-fully")]
    [InlineData("-A POSTROUTING -m set --match-set nodes dst -j MASQUERADE --random-fully")]
    public void ItDoesNotWherePacketsDiffer(string rule)
    {
        Assert.Equal(DiagnosisVerdict.Undecided, Open(rule).Judge().Verdict);
        NodeDiagnosis diagnosis = (Open(rule) with { Bindings = s_quiet }).Judge();
        Assert.True(diagnosis.Verdict == DiagnosisVerdict.Undecided, diagnosis.Explanation);
    }

    [Fact]
    public void WithoutServicesThatWereAskedItSettlesNothing()
    {
        NodeDiagnosis diagnosis = (Open(Unknown) with { Bindings = new([], 0, 7, 0) }).Judge();
        Assert.Equal(DiagnosisVerdict.Undecided, diagnosis.Verdict);
        Assert.Contains(diagnosis.Findings,
            static f => f is { Id: "NoTranslatedFlow", Severity: FindingSeverity.Information }
                && f.Message.Contains("does not say much", StringComparison.Ordinal));
    }

    [Fact]
    public void NeverAgainstRulesThatTranslate()
    {
        NodeDiagnosis diagnosis = (Evidence.Recorded("g1") with { Bindings = s_quiet }).Judge();
        Assert.Equal(DiagnosisVerdict.FaultActive, diagnosis.Verdict);
    }

    [Fact]
    public void SavedBindingsAndTheOrderOfBackendsComeBack()
    {
        NodeEvidence evidence = Evidence.Recorded("g1") with
        {
            Bindings = new([Flow(44246, 7103) with { Packets = 3, Since = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc) }],
                1, 7, 2),
            BackendOrders = [new(NetfilterFamily.IPv4, NetfilterBackend.IptablesNft, NetfilterBackend.IptablesLegacy, 9,
                1)],
        };
        EvidenceDocument read = EvidenceJson.Read(EvidenceJson.Write(EvidenceDocument.Of(evidence, [])));
        NodeEvidence back = read.ToEvidence(evidence.Facts.Rules, null, null);
        Assert.Equal(evidence.BackendOrders, back.BackendOrders);
        Assert.Equal((1, 7, 2),
            (back.Bindings!.TranslatedCount, back.Bindings.OutgoingCount, back.Bindings.MasqueradedCount));
        Assert.Equal(evidence.Bindings.Translated, back.Bindings.Translated);
        Assert.Contains(back.Judge().Findings, static f => f.Id == "BackendOrderSeen"
            && f.Message.StartsWith("The kernel asks IPv4 nat rules of iptables-nft first", StringComparison.Ordinal));
    }

    /// <summary>A node whose rules are whole, with one that only the kernel could tell of.</summary>
    private static NodeEvidence Open(string rule) => Evidence.Of(Rulesets.Parse(
        "# Generated by iptables-nft-save v1.8.9 (nf_tables) on x\n" + Rulesets.Nat(
        "-A POSTROUTING -j KUBE-POSTROUTING\n-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN\n"
        + "-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0\n-A KUBE-POSTROUTING -j MASQUERADE --random-fully\n"
        + rule, ":KUBE-POSTROUTING - [0:0]\n")).AsWholeNode());

    private static VxlanNatBinding Flow(int old, int wire, int port = 8472) => new()
    {
        Family = NetfilterFamily.IPv4,
        OldAddress = IPAddress.Parse("10.0.10.14"),
        OldPort = (ushort)old,
        NewAddress = IPAddress.Parse("10.0.10.14"),
        NewPort = (ushort)wire,
        DestinationAddress = IPAddress.Parse("10.0.10.10"),
        DestinationPort = (ushort)port,
        NewDestinationAddress = IPAddress.Parse("10.0.10.10"),
        NewDestinationPort = (ushort)port,
        Outgoing = true,
    };
}
