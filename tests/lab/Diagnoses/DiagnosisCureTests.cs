using VxlanCsum.Captures.Files;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.LabTests.Mitigations;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.LabTests.Diagnoses;

/// <summary>From the diagnosis through the pipeline to a node that is well, on the live fault.</summary>
public sealed class DiagnosisCureTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Theory]
    [InlineData("legacy", "$d")]
    [InlineData("nft", "$d | ForEach-Object { [pscustomobject]@{ Mitigations = $_.Mitigations } }")]
    [InlineData("nft", "$d.Mitigations | Where-Object Rank -eq 1")]
    public void PipedIntoInvokeChecksumMitigationItCures(string backend, string pipe)
    {
        using var lab = new FaultLab(backend);
        lab.Ask().MustFail();
        SessionResult result = engine.Run(
            $"param($n, $j) $d = Get-ChecksumDiagnosis -NetworkNamespace $n -CounterSeconds 0; $d; {pipe} | "
            + $"Invoke-ChecksumMitigation -JournalPath $j -Confirm:$false; Get-ChecksumDiagnosis -NetworkNamespace "
            + $"$n -CounterSeconds 0",
            lab.Node.Name, lab.Journal).Succeeded();
        Assert.Equal(3, result.Output.Count);
        Assert.Equal(DiagnosisVerdict.FaultActive, ((NodeDiagnosis)result.Output[0].BaseObject).Verdict);
        MitigationReceipt receipt = (MitigationReceipt)result.Output[1].BaseObject;
        Assert.Equal((MitigationKind.UnmarkTunnel, true, true, lab.Node.Name),
            (receipt.Kind, receipt.Changed, receipt.Verified, receipt.NetworkNamespace));
        Assert.Equal(DiagnosisVerdict.Healthy, ((NodeDiagnosis)result.Output[2].BaseObject).Verdict);
        lab.Ask(connections: 2).MustBeWell();
    }

    [Fact]
    public void AnOffloadThatIsOffIsARiskThatIsTold()
    {
        using var lab = new FaultLab("nft");
        lab.Node.Run("ethtool", "-K", "vx", "tx-checksum-ip-generic", "off");
        NodeDiagnosis diagnosis = Diagnose(lab, "-CounterSeconds 0");
        Assert.Equal((DiagnosisVerdict.AtRisk, ChecksumCause.NatLocalChecksum), (diagnosis.Verdict, diagnosis.Cause));
        Assert.DoesNotContain(diagnosis.Mitigations, static m => m.Kind == MitigationKind.DisableTxChecksum);
    }

    [Fact]
    public async Task ALiveCaptureShowsTheSpoiltPackets()
    {
        using var lab = new FaultLab("nft");
        using LiveRun run = await LiveRun.StartAsync(engine.Session,
            "Get-ChecksumDiagnosis -NetworkNamespace $args[0] -CaptureSeconds 4", lab.Node.Name);
        lab.Ask(connections: 0);
        NodeDiagnosis diagnosis = (NodeDiagnosis)(await run.ResultAsync()).OnlyOutput.BaseObject;
        Assert.Equal((DiagnosisVerdict.FaultActive, ChecksumCause.NatLocalChecksum),
            (diagnosis.Verdict, diagnosis.Cause));
        Assert.Contains(diagnosis.CaptureResults,
            static r => r is
            {
                Cause: ChecksumCause.NatLocalChecksum, Vantage: CaptureVantage.Sender,
                OuterSource: "10.0.10.14"
            });
        Assert.Contains(diagnosis.Findings,
            static f => f is
            {
                Id: "NatLocalChecksum", Source: DiagnosisSource.Capture,
                Severity: FindingSeverity.Fault
            });
        Assert.Contains("sends packets that receivers drop", diagnosis.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheReceiverSeesThatItDropsAndThatTheFaultIsElsewhere()
    {
        using var lab = new FaultLab("nft");
        using LiveRun run = await LiveRun.StartAsync(engine.Session,
            "Get-ChecksumDiagnosis -NetworkNamespace $args[0] -CaptureSeconds 4", lab.Peer.Name);
        lab.Ask(connections: 0);
        NodeDiagnosis diagnosis = (NodeDiagnosis)(await run.ResultAsync()).OnlyOutput.BaseObject;
        Assert.Contains(diagnosis.Findings,
            static f => f is { Id: "CountersRising", Severity: FindingSeverity.Warning });
        Assert.Equal((DiagnosisVerdict.FaultActive, ChecksumCause.NatLocalChecksum),
            (diagnosis.Verdict, diagnosis.Cause));
        Assert.Contains("spoilt where they come from", diagnosis.Explanation, StringComparison.Ordinal);
        Assert.Empty(diagnosis.Mitigations);
    }

    [Fact]
    public void AProbeIsPartOfIt()
    {
        using var lab = new FaultLab("legacy");
        NodeDiagnosis diagnosis = Diagnose(lab, "-ProbeServer 10.96.0.10 -CounterSeconds 0");
        Assert.Equal(2, diagnosis.ProbeResults.Count);
        Assert.Contains(diagnosis.Findings,
            static f => f.Source == DiagnosisSource.Probe && f.Severity == FindingSeverity.Warning);
        Assert.Equal(DiagnosisVerdict.FaultActive, diagnosis.Verdict);
    }

    [Fact]
    public async Task StoppedItEndsAndLeavesNothingBehind()
    {
        using var lab = new FaultLab("nft");
        string before = lab.Snapshot();
        using var session = new ModuleSession();
        using LiveRun run = await LiveRun.StartAsync(session,
            "Get-ChecksumDiagnosis -NetworkNamespace $args[0] -CaptureSeconds 3600 -CounterSeconds 3600 -ProbeServer "
            + "10.96.0.10", lab.Node.Name);
        run.Stop();
        Assert.Equal(System.Management.Automation.PSInvocationState.Stopped, run.State);
        Assert.Equal(before, lab.Snapshot());
    }

    private NodeDiagnosis Diagnose(FaultLab lab, string more) =>
        (NodeDiagnosis)engine.Run($"param($n) Get-ChecksumDiagnosis -NetworkNamespace $n {more}",
            lab.Node.Name).OnlyOutput.BaseObject;
}
