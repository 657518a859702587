using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.LabTests.Mitigations;

namespace VxlanCsum.LabTests.Diagnoses;

/// <summary>A receiver's diagnosis names who spoils what he sends here, from the packets that its kernel dropped
/// meanwhile.</summary>
public sealed class DiagnosisDropTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Script =
        "param($n, $s) Get-ChecksumDiagnosis -NetworkNamespace $n -DropSeconds $s -CounterSeconds 0";

    [Fact]
    public async Task TheReceiverNamesTheSender()
    {
        using var lab = new FaultLab("nft");
        NodeDiagnosis diagnosis = await lab.WhileAskingAsync(
            () => (NodeDiagnosis)engine.Run(Script, lab.Peer.Name, 5).OnlyOutput.BaseObject);

        DiagnosisFinding finding = Assert.Single(diagnosis.Findings, static f => f.Source == DiagnosisSource.Drops);
        Assert.Equal(("PacketsDropped", FindingSeverity.Fault), (finding.Id, finding.Severity));
        Assert.StartsWith("10.0.10.14 spoils what it sends to this node: the kernel dropped ", finding.Message,
            StringComparison.Ordinal);
        Assert.Equal((DiagnosisVerdict.FaultActive, ChecksumCause.NatLocalChecksum),
            (diagnosis.Verdict, diagnosis.Cause));
        Assert.Equal("10.0.10.14", Assert.Single(diagnosis.DropResults).OuterSource);
    }

    [Fact]
    public async Task TheSenderSaysItOfItself()
    {
        using var lab = new FaultLab("nft");
        NodeDiagnosis Diagnose(string options) => (NodeDiagnosis)engine.Run(
            $"{Script} -NodeName sender {options}", lab.Node.Name, 1).OnlyOutput.BaseObject;
        (NodeDiagnosis blind, NodeDiagnosis seeing) = await lab.WhileAskingAsync(
            () => (Diagnose(""), Diagnose("-CaptureSeconds 3")));

        // It drops nothing itself: its rules and its connection table tell.
        Assert.StartsWith("sender spoils tunnel packets. ", blind.Explanation, StringComparison.Ordinal);
        Assert.Contains(blind.Findings,
            static f => f is { Id: "TranslatedFlow", Severity: FindingSeverity.Fault }
                && f.Message.Contains("that this node sends", StringComparison.Ordinal)
                && f.Message.EndsWith(" Receivers drop their packets.", StringComparison.Ordinal));
        Assert.StartsWith("sender sends packets that receivers drop. ", seeing.Explanation, StringComparison.Ordinal);
        Assert.All((NodeDiagnosis[])[blind, seeing],
            static d => Assert.Equal((DiagnosisVerdict.FaultActive, ChecksumCause.NatLocalChecksum),
                (d.Verdict, d.Cause)));
        Assert.All((NodeDiagnosis[])[blind, seeing],
            static d => Assert.DoesNotContain(d.Findings, static f => f.Id == "PacketsDropped"));
    }

    [Fact]
    public void WhereNothingIsDroppedItSaysSoAndWhereNobodyLookedNothing()
    {
        using LabTunnel tunnel = LabTunnel.Create();
        NodeDiagnosis watched = (NodeDiagnosis)engine.Run(Script, tunnel.Right.Name, 0.1).OnlyOutput.BaseObject;
        Assert.Equal("NothingDropped",
            Assert.Single(watched.Findings, static f => f.Source == DiagnosisSource.Drops).Id);
        NodeDiagnosis blind = (NodeDiagnosis)engine.Run(Script, tunnel.Right.Name, 0).OnlyOutput.BaseObject;
        Assert.DoesNotContain(blind.Findings, static f => f.Source == DiagnosisSource.Drops);
    }
}
