using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.LabTests.Mitigations;

namespace VxlanCsum.LabTests.Diagnoses;

/// <summary>A node that is well only because of a mitigation is known as that: of every kind that can be applied here the
/// diagnosis says that it is in effect, since when, and what undoes it.</summary>
public sealed class CuredNodeTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    public static TheoryData<MitigationKind> Kinds { get; } = [.. UndoSoakTests.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_cures_it_is_named_with_its_day_and_its_end(MitigationKind kind)
    {
        using var lab = new FaultLab(kind is MitigationKind.NoTrackTunnel or MitigationKind.PrependMasquerade
            ? "legacy" : "nft");
        SessionResult applied = engine.Session.Apply(lab, kind).Succeeded();
        NodeDiagnosis cured = Diagnose(lab);
        DateTime since = (DateTime)engine.Session.Undo(lab, "-All").Succeeded().Get("AppliedAt")!;
        DiagnosisFinding finding = Assert.Single(cured.Findings, static f => f.Id == "MitigationInEffect");
        Assert.StartsWith($"{kind} is in effect since {since:yyyy-MM-dd HH:mm:ss} UTC ({applied.Get("Id")}). It is not "
            + "persisted. Lost at reboot, ", finding.Message, StringComparison.Ordinal);
        Assert.Contains(cured.Brief.Lines, l => l.Label == "Cured by" && l.Text == finding.Message);
        Assert.DoesNotContain(cured.Findings, static f => f.Id == "MitigationDrifted");
        Assert.DoesNotContain(Diagnose(lab).Findings,
            static f => f.Id is "MitigationInEffect" or "MitigationDrifted");
    }

    /// <summary>The journal of another namespace of the same machine is about that one.</summary>
    [Fact]
    public void What_was_applied_in_another_namespace_cures_nothing_here()
    {
        using var lab = new FaultLab("nft");
        engine.Session.Apply(lab, MitigationKind.AddServiceRoute).Succeeded();
        Assert.DoesNotContain(Diagnose(lab, lab.Peer).Findings,
            static f => f.Id is "MitigationInEffect" or "MitigationDrifted");
    }

    [Fact]
    public void A_route_that_someone_took_out_is_no_cure_any_more()
    {
        using var lab = new FaultLab("nft");
        engine.Session.Apply(lab, MitigationKind.AddServiceRoute).Succeeded();
        lab.Node.Ip("route", "replace", "10.96.0.0/16", "via", "10.0.20.10");
        DiagnosisFinding finding = Assert.Single(Diagnose(lab).Findings, static f => f.Id == "MitigationDrifted");
        Assert.StartsWith("AddServiceRoute was applied on ", finding.Message, StringComparison.Ordinal);
    }

    /// <summary>Who names a journal is told where it says nothing.</summary>
    [Fact]
    public void A_journal_that_was_named_and_cannot_be_read_is_told()
    {
        using var lab = new FaultLab("nft");
        Directory.CreateDirectory(lab.Journal);
        Assert.Contains(Diagnose(lab).Findings, f => f.Source == DiagnosisSource.Mitigations
            && f.Message.Contains(lab.Journal, StringComparison.Ordinal));
    }

    private NodeDiagnosis Diagnose(FaultLab lab, LabNamespace? place = null) =>
        (NodeDiagnosis)engine.Run(
            "param($n, $j) Get-ChecksumDiagnosis -NetworkNamespace $n -JournalPath $j -CounterSeconds 0 -DropSeconds 0",
            (place ?? lab.Node).Name, lab.Journal).Succeeded().OnlyOutput.BaseObject;
}
