using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.LabTests.Diagnoses;

/// <summary>The diagnosis, run blind on a node in each state that the rules can be in, and checked against what the
/// kernel then does.</summary>
public sealed class DiagnosisScenarioTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Theory]
    [InlineData("g0", "iptables-nft", DiagnosisVerdict.AtRisk, MitigationKind.UnmarkTunnel)]
    [InlineData("g1", "iptables-legacy", DiagnosisVerdict.FaultActive, MitigationKind.UnmarkTunnel)]
    [InlineData("g1", "iptables-nft", DiagnosisVerdict.FaultActive, MitigationKind.UnmarkTunnel)]
    [InlineData("g1", "ip6tables-nft", DiagnosisVerdict.FaultActive, MitigationKind.UnmarkTunnel)]
    [InlineData("g2", "iptables-legacy", DiagnosisVerdict.Healthy, null)]
    [InlineData("g2", "iptables-nft", DiagnosisVerdict.Healthy, null)]
    [InlineData("g2", "ip6tables-legacy", DiagnosisVerdict.Healthy, null)]
    [InlineData("stale-g1-before-g2", "iptables-nft", DiagnosisVerdict.FaultActive, MitigationKind.UnmarkTunnel)]
    [InlineData("masquerade-before-jump", "iptables-legacy", DiagnosisVerdict.FaultActive, MitigationKind.UnmarkTunnel)]
    [InlineData("calico-before-g2", "iptables-nft", DiagnosisVerdict.FaultActive, MitigationKind.UnmarkTunnel)]
    [InlineData("flannel-before-g2", "iptables-nft", DiagnosisVerdict.Healthy, null)]
    [InlineData("ipvs", "iptables-nft", DiagnosisVerdict.Healthy, null)]
    [InlineData("fix-notrack", "iptables-legacy", DiagnosisVerdict.Healthy, null)]
    [InlineData("fix-accept", "iptables-nft", DiagnosisVerdict.Healthy, null)]
    [InlineData("fix-unmark-output", "iptables-nft", DiagnosisVerdict.Healthy, null)]
    public void IptablesMode(string scenario, string tool, DiagnosisVerdict verdict, MitigationKind? first)
    {
        using KubeLab lab = KubeLab.Create(v6: tool.StartsWith("ip6", StringComparison.Ordinal),
            device: KubeLab.DeviceOf(scenario));
        lab.LoadSets(scenario, tool);
        lab.Load($"{scenario}.{tool}-save.txt", tool);
        Check(lab, verdict, first);
    }

    [Theory]
    [InlineData("nft-gen1.nft.txt", false, DiagnosisVerdict.Healthy, null)]
    [InlineData("nft-gen2.nft.txt", false, DiagnosisVerdict.Healthy, null)]
    [InlineData("nft-never-cleared.nft.txt", true, DiagnosisVerdict.FaultActive, MitigationKind.UnmarkTunnel)]
    public void NftablesMode(string file, bool v6, DiagnosisVerdict verdict, MitigationKind? first)
    {
        using KubeLab lab = KubeLab.Create(v6);
        lab.Load(file, "nft");
        Check(lab, verdict, first);
    }

    [Fact]
    public void ANodeWithoutATunnelIsUndecidedAndSoIsOneWithoutRules()
    {
        using LabNamespace bare = LabNamespace.Create();
        NodeDiagnosis diagnosis = Diagnose(bare.Name);
        Assert.Equal(DiagnosisVerdict.Undecided, diagnosis.Verdict);
        Assert.Contains(diagnosis.Findings, static f => f is { Id: "NoTunnel", Severity: FindingSeverity.NotLooked });
        using KubeLab lab = KubeLab.Create();
        diagnosis = Diagnose(lab.Node.Name);
        Assert.Equal(DiagnosisVerdict.Undecided, diagnosis.Verdict);
        Assert.Contains(diagnosis.Findings,
            static f => f is { Id: "NoKubeRules", Severity: FindingSeverity.NotLooked });
    }

    private void Check(KubeLab lab, DiagnosisVerdict verdict, MitigationKind? first)
    {
        NodeDiagnosis diagnosis = Diagnose(lab.Node.Name);
        Assert.True(verdict == diagnosis.Verdict,
            $"{diagnosis.Verdict}: {diagnosis.Explanation}\n{string.Join('\n', diagnosis.Findings)}");
        Assert.Equal(verdict == DiagnosisVerdict.Healthy ? ChecksumCause.None : ChecksumCause.NatLocalChecksum,
            diagnosis.Cause);
        Assert.Equal(first, diagnosis.Mitigations.Count > 0 ? diagnosis.Mitigations[0].Kind : null);
        Assert.Equal(lab.Node.Name, diagnosis.NetworkNamespace);

        // What the kernel does settles who was right.
        Assert.Equal(verdict == DiagnosisVerdict.FaultActive, lab.Send().ChecksumErrors > 0);
    }

    private NodeDiagnosis Diagnose(string place) =>
        (NodeDiagnosis)engine.Run("param($n) Get-ChecksumDiagnosis -NetworkNamespace $n -CounterSeconds 0",
            place).OnlyOutput.BaseObject;
}
