using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Mitigations;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>What is written so that a mitigation is applied again, into a folder that stands for /, and that undoing
/// removes it.</summary>
public sealed class MitigationPersistTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Theory]
    [InlineData(MitigationKind.UnmarkTunnel, "multi-user.target.wants/vxlancsum-UnmarkTunnel.service")]
    [InlineData(MitigationKind.DisableTxChecksum,
        @"sys-subsystem-net-devices-vx.device.wants/vxlancsum-DisableTxChecksum-vx.service")]
    [InlineData(MitigationKind.AddServiceRoute, "timers.target.wants/vxlancsum-AddServiceRoute-vx.timer")]
    public void A_unit_is_written_enabled_and_removed(MitigationKind kind, string link)
    {
        LabNamespace.Require("systemctl");
        using var lab = new FaultLab("nft");
        using var root = new PersistRoot("etc/systemd/system");
        string before = lab.Snapshot();
        SessionResult applied = engine.Session.Apply(lab, kind, $"-Force -PersistPath '{root.Path}'").Succeeded();
        Assert.Equal(true, applied.Get("Persisted"));
        string unit = File.ReadAllText(
            root.File("etc/systemd/system/" + Path.ChangeExtension(Path.GetFileName(link), ".service")));
        Assert.Contains("ExecStart=/", unit, StringComparison.Ordinal);
        Assert.True(File.Exists(root.File("etc/systemd/system/" + link))
            || new FileInfo(root.File("etc/systemd/system/" + link)).LinkTarget is not null, "not enabled");
        if (LabCommand.Exists("systemd-analyze"))
        {
            string[] units = Directory.GetFiles(root.File("etc/systemd/system"), "vxlancsum-*");
            Assert.NotEmpty(units);
            string Complaints() => LabCommand.TryRun("systemd-analyze", ["verify", "--man=no", .. units]).Error;
            Assert.DoesNotContain("vxlancsum", Complaints(), StringComparison.Ordinal);

            // And it would complain of what is wrong.
            File.AppendAllText(units[0], "\nNoSuchWord=yes\n");
            Assert.Contains("vxlancsum", Complaints(), StringComparison.Ordinal);
            File.WriteAllText(units[0],
                File.ReadAllText(units[0]).Replace("\nNoSuchWord=yes\n", string.Empty, StringComparison.Ordinal));
        }

        // Carried out as systemd would, once more: the state is the same as after applying.
        string after = lab.Snapshot();
        foreach (string line in unit.Split('\n').Where(static l => l.StartsWith("ExecStart", StringComparison.Ordinal)))
        {
            string[] words = VxlanCsum.Mitigations.CommandText.Split(line[(line.IndexOf('=') + 1)..].TrimStart('-'));
            lab.Node.TryRun(words[0], words[1..]);
        }

        Assert.Equal(after, lab.Snapshot());
        Assert.Equal(false,
            engine.Session.Apply(lab, kind, $"-Force -PersistPath '{root.Path}'").Succeeded().Get("Changed"));

        SessionResult listed = engine.Session.Run(
            "param($k, $n, $j) Get-ChecksumMitigation $k -NetworkNamespace $n -JournalPath $j -ServiceNetwork "
            + "10.96.0.0/16", kind.ToString(), lab.Node.Name, lab.Journal);
        Assert.Contains(root.File("etc/systemd/system/" + Path.GetFileName(link)),
            (string[])listed.Get("PersistedBy")!);

        Assert.Equal(true, engine.Session.Undo(lab, "-All").Succeeded().Get("Restored"));
        Assert.Equal(before, lab.Snapshot());
        Assert.Empty(Directory.EnumerateFiles(root.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_device_made_anew_by_the_plugin_shows_as_drift_and_undo_still_removes_what_persists()
    {
        using var lab = new FaultLab("nft");
        using var root = new PersistRoot("etc/udev/rules.d");
        engine.Session.Apply(lab, MitigationKind.DisableTxChecksum, $"-PersistPath '{root.Path}'").Succeeded();
        Assert.Contains("ENV{INTERFACE}==\"vx\", RUN+=\"/",
            File.ReadAllText(root.File("etc/udev/rules.d/90-vxlancsum-DisableTxChecksum-vx.rules")),
            StringComparison.Ordinal);
        lab.Node.Ip("link", "del", "vx");
        lab.Node.Ip("link", "add", "vx", "type", "vxlan", "id", "1", "dstport", "8472", "local", "10.0.10.14", "remote",
            "10.0.10.10", "dev", "up0");
        SessionResult listed = engine.Session.Run(
            "param($n, $j) Get-ChecksumMitigation DisableTxChecksum -NetworkNamespace $n -JournalPath $j",
            lab.Node.Name, lab.Journal);
        Assert.Equal(false, listed.Get("Applied"));
        Assert.Contains("made anew", (string)listed.Get("Drift")!, StringComparison.Ordinal);
        engine.Session.Undo(lab, "-All").Succeeded();
        Assert.Empty(Directory.EnumerateFiles(root.Path, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("PrependMasquerade", "etc/systemd/system")]
    [InlineData("UnmarkTunnel", "etc/udev/rules.d")]
    public void What_cannot_be_persisted_says_why_and_changes_nothing(string kind, string has)
    {
        using var lab = new FaultLab("nft");
        using var root = new PersistRoot(has);
        string before = lab.Snapshot();
        Assert.Equal(["PersistenceUnavailable"],
            engine.Session.Apply(lab, Enum.Parse<MitigationKind>(kind), $"-PersistPath '{root.Path}'").ErrorIds);
        Assert.Equal(["PersistenceUnavailable"],
            engine.Session.Apply(lab, Enum.Parse<MitigationKind>(kind), "-Persist").ErrorIds);
        Assert.Equal(before, lab.Snapshot());
    }
}
