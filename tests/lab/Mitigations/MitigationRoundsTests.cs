using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>Applied and undone over and over.</summary>
[Long]
public sealed class MitigationRoundsTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Fact]
    public void Two_hundred_rounds_leave_no_residue()
    {
        using var lab = new FaultLab("nft");
        string before = lab.Snapshot();
        MitigationKind[] kinds = [MitigationKind.UnmarkTunnel, MitigationKind.DisableTxChecksum,
            MitigationKind.NoTrackTunnel, MitigationKind.RemovePostroutingJump];
        for (int round = 0; round < 200; round++)
        {
            Assert.Equal(true, engine.Session.Apply(lab, kinds[round % kinds.Length]).Succeeded().Get("Changed"));
            Assert.Equal(true, engine.Session.Undo(lab, "-All").Succeeded().Get("Restored"));
            if (round % 20 == 19)
            {
                Assert.Equal(before, lab.Snapshot());
            }
        }

        Assert.Equal(["journal.jsonl", "journal.jsonl.lock"],
            Directory.EnumerateFiles(Path.GetDirectoryName(lab.Journal)!).Select(Path.GetFileName).Order());
        lab.Forget();
        lab.Ask().MustFail();
    }
}
