using System.Net.Sockets;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>Each mitigation against the fault on this kernel: it cures, it is idempotent, and undoing it brings all
/// back.</summary>
[Long]
public sealed class MitigationCureTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    public static TheoryData<string, MitigationKind> Cures()
    {
        var data = new TheoryData<string, MitigationKind>();
        foreach (string backend in (string[])["legacy", "nft"])
        {
            foreach (MitigationKind kind in (MitigationKind[])[
                MitigationKind.UnmarkTunnel, MitigationKind.NoTrackTunnel, MitigationKind.AcceptTunnelPort,
                MitigationKind.PrependMasquerade, MitigationKind.DisableTxChecksum,
                MitigationKind.DisableRxTxOffload, MitigationKind.AddServiceRoute, MitigationKind.AcceptOnInterface,
                MitigationKind.RemovePostroutingJump])
            {
                data.Add(backend, kind);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cures))]
    public void Applied_it_cures_and_undone_the_fault_is_back(string backend, MitigationKind kind)
    {
        using var lab = new FaultLab(backend);
        lab.Ask().MustFail();
        string before = lab.Snapshot();

        SessionResult applied = engine.Session.Apply(lab, kind, "-Force -Probe 10.96.0.10").Succeeded();
        Assert.Equal(true, applied.Get("Changed"));
        Assert.Equal(true, applied.Get("Verified"));
        Assert.NotEqual(before, lab.Snapshot());
        lab.Ask(connections: 3).MustBeWell();

        string between = lab.Snapshot();
        SessionResult again = engine.Session.Apply(lab, kind).Succeeded();
        Assert.Equal(false, again.Get("Changed"));
        Assert.Null(again.Get("UndoCommand"));
        Assert.Equal(between, lab.Snapshot());

        SessionResult undone = engine.Session.Run("param($command) & ([scriptblock]::Create($command))",
            applied.Get("UndoCommand")).Succeeded();
        Assert.Equal(true, undone.Get("Restored"));
        Assert.Equal(before, lab.Snapshot());
        lab.Forget();
        lab.Ask().MustFail();
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("nft")]
    public void Tunnel_segmentation_of_the_card_goes_off_and_comes_back(string backend)
    {
        using var lab = new FaultLab(backend);
        string before = lab.Snapshot();
        Assert.Equal(true,
            engine.Session.Apply(lab, MitigationKind.DisableTunnelSegmentation).Succeeded().Get("Verified"));
        Assert.Contains("tx-udp_tnl-segmentation: off", lab.Node.Run("ethtool", "-k", "up0"), StringComparison.Ordinal);
        Assert.Equal(true, engine.Session.Undo(lab, "-All").Succeeded().Get("Restored"));
        Assert.Equal(before, lab.Snapshot());
    }

    /// <summary>Its tunnel packets use one binding, which no packet lets expire: it has to go with the
    /// mitigation.</summary>
    [Theory]
    [InlineData(MitigationKind.UnmarkTunnel)]
    [InlineData(MitigationKind.AcceptTunnelPort)]
    public void A_flow_that_was_broken_before_is_cured(MitigationKind kind)
    {
        LabNamespace.Require("conntrack");
        using var lab = new FaultLab("nft");
        using Socket flow = lab.OpenFlow();
        Assert.Equal([false, false], Enumerable.Range(0, 2).Select(_ => FaultLab.AskAgain(flow)));
        engine.Session.Apply(lab, kind).Succeeded();
        Assert.True(FaultLab.AskAgain(flow));
    }

    [Theory]
    [InlineData("nft", MitigationKind.UnmarkTunnel)]
    [InlineData("nft", MitigationKind.NoTrackTunnel)]
    [InlineData("legacy", MitigationKind.AcceptTunnelPort)]
    [InlineData("legacy", MitigationKind.PrependMasquerade)]
    [InlineData("nft", MitigationKind.DisableTxChecksum)]
    public void Over_IPv6_the_twins_cure_and_undone_the_fault_is_back(string backend, MitigationKind kind)
    {
        using var lab = new FaultLab(backend, overIPv6: true);
        lab.Ask().MustFail();
        string before = lab.Snapshot();
        SessionResult applied = engine.Session.Apply(lab, kind).Succeeded();
        Assert.Equal(true, applied.Get("Verified"));
        lab.Ask(connections: 3).MustBeWell();
        Assert.Equal(true, engine.Session.Undo(lab, "-All").Succeeded().Get("Restored"));
        Assert.Equal(before, lab.Snapshot());
        lab.Forget();
        lab.Ask().MustFail();
    }

    [Fact]
    public void Of_several_that_a_finding_suggests_the_first_that_can_be_applied_is()
    {
        using var lab = new FaultLab("nft");
        SessionResult applied = engine.Session.Run(
            "param($n, $j) [pscustomobject]@{ Mitigations = 'FelixChecksumOverride', 'NoTrackTunnel', 'UnmarkTunnel' "
            + "} | Invoke-ChecksumMitigation -NetworkNamespace $n -JournalPath $j -Confirm:$false", lab.Node.Name,
            lab.Journal);
        Assert.Equal(MitigationKind.NoTrackTunnel.ToString(), applied.Get("Kind")!.ToString());
        lab.Ask().MustBeWell();
        SessionResult byName = engine.Session.Run(
            "param($n, $j) 'UnmarkTunnel', 'DisableTxChecksum' | Invoke-ChecksumMitigation -NetworkNamespace $n "
            + "-JournalPath $j -Confirm:$false", lab.Node.Name, lab.Journal);
        Assert.Equal([true, true], byName.Property("Changed"));
        SessionResult undone = engine.Session.Undo(lab, "-All").Succeeded();
        Assert.Equal(["DisableTxChecksum", "UnmarkTunnel", "NoTrackTunnel"],
            undone.Property("Kind").Select(static k => k!.ToString()));
    }

    [Fact]
    public void A_trace_from_the_pipeline_gets_the_cheapest_cure()
    {
        using var lab = new FaultLab("nft");
        SessionResult listed = engine.Session.Run(
            "param($n, $j) Get-ChecksumMitigation -NetworkNamespace $n -JournalPath $j | Where-Object Applicable",
            lab.Node.Name, lab.Journal);
        Assert.Equal(MitigationKind.UnmarkTunnel.ToString(), listed.Property("Kind")[0]!.ToString());
        SessionResult applied = engine.Session.Run(
            "param($n, $j) Get-ChecksumMitigation UnmarkTunnel -NetworkNamespace $n -JournalPath $j | "
            + "Invoke-ChecksumMitigation -JournalPath $j -Confirm:$false", lab.Node.Name, lab.Journal);
        Assert.Equal(true, applied.Succeeded().Get("Verified"));
        SessionResult shown = engine.Session.Run(
            "param($n, $j) Get-ChecksumMitigation UnmarkTunnel -NetworkNamespace $n -JournalPath $j", lab.Node.Name,
            lab.Journal);
        Assert.Equal(true, shown.Get("Applied"));
        Assert.Equal(applied.Get("Id"), shown.Get("Id"));

        // As a restore of the rules by another program would.
        lab.Node.Run("iptables-nft", "-t", "mangle", "-F", "OUTPUT");
        shown = engine.Session.Run(
            "param($n, $j) Get-ChecksumMitigation UnmarkTunnel -NetworkNamespace $n -JournalPath $j", lab.Node.Name,
            lab.Journal);
        Assert.Equal(false, shown.Get("Applied"));
        Assert.Contains("not in effect any more", (string)shown.Get("Drift")!, StringComparison.Ordinal);
    }
}
