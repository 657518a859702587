using System.Diagnostics;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>What a second user prepares for root where the journal is to be, or what persists: nothing of it is
/// carried out, followed or written to.</summary>
public sealed class UndoStrangerTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Stranger = "65534";

    [Theory]
    [InlineData("a link in a folder of theirs")]
    [InlineData("a journal of theirs in a folder that is shared")]
    [InlineData("a link of theirs in a folder that is shared")]
    [InlineData("a pipe of theirs in a folder that is shared")]
    [InlineData("a second name in a folder that is shared")]
    [InlineData("a journal that others may write to")]
    [InlineData("a folder that others may write to")]
    [InlineData("a folder of ours in a folder of theirs")]
    [InlineData("a link to a folder of theirs")]
    public void A_journal_that_another_could_have_made_is_not_relied_on(string what)
    {
        using var lab = new FaultLab("nft");
        engine.Session.Apply(lab, MitigationKind.UnmarkTunnel).Succeeded();
        using var folder = new TemporaryFolder();
        LabCommand.Run("chmod", "755", folder.Path);
        string shared = Directory.CreateDirectory(Path.Combine(folder.Path, "place")).FullName;
        string journal = Prepare(what, shared, lab.Journal);
        string applied = lab.Snapshot(), ours = File.ReadAllText(lab.Journal);

        SessionResult undone = engine.Session.Run(
            "param($j) Undo-ChecksumMitigation -All -JournalPath $j -Timeout 5 -Confirm:$false", journal);
        Assert.Equal(["JournalUnusable"], undone.ErrorIds);
        SessionResult more = engine.Session.Run(
            "param($n, $j) Invoke-ChecksumMitigation NoTrackTunnel -NetworkNamespace $n -JournalPath $j -Timeout 5 "
            + "-Confirm:$false", lab.Node.Name, journal);
        Assert.Equal(["JournalUnusable"], more.ErrorIds);
        Assert.Equal(applied, lab.Snapshot());
        Assert.Equal(ours, File.ReadAllText(lab.Journal));
    }

    /// <summary>The name is exchanged all the time, between a link, a journal of theirs, and nothing.</summary>
    [Fact]
    public void A_name_that_is_exchanged_all_the_time_leads_nowhere()
    {
        LabNamespace.Require("setpriv", "bash");
        using var lab = new FaultLab("nft");
        engine.Session.Apply(lab, MitigationKind.UnmarkTunnel).Succeeded();
        using var folder = new TemporaryFolder();
        LabCommand.Run("chmod", "755", folder.Path);
        string shared = Directory.CreateDirectory(Path.Combine(folder.Path, "place")).FullName,
            journal = Path.Combine(shared, "j.jsonl"), copy = Path.Combine(folder.Path, "copy");
        LabCommand.Run("chmod", "1777", shared);
        File.Copy(lab.Journal, copy);
        LabCommand.Run("chown", Stranger, copy);
        string applied = lab.Snapshot(), ours = File.ReadAllText(lab.Journal);
        using Process exchanging = Process.Start("setpriv", ["--reuid", Stranger, "--regid", Stranger, "--clear-groups",
            "bash", "-c", $"while :; do ln -s {lab.Journal} {journal}; rm -f {journal}; cat {copy} > {journal}; "
                + $"chmod 600 {journal}; rm -f {journal}; ln -s /etc/passwd {journal}.lock; rm -f {journal}.lock; done",
            ]);
        try
        {
            for (int i = 0; i < 40; i++)
            {
                SessionResult undone = engine.Session.Run(
                    "param($j) Undo-ChecksumMitigation -All -JournalPath $j -Timeout 5 -Confirm:$false", journal);
                Assert.Empty(undone.Output);
                Assert.All(undone.ErrorIds, static id => Assert.Equal("JournalUnusable", id));
            }
        }
        finally
        {
            exchanging.Kill(entireProcessTree: true);
            exchanging.WaitForExit();
        }

        Assert.Equal(applied, lab.Snapshot());
        Assert.Equal(ours, File.ReadAllText(lab.Journal));
    }

    [Theory]
    [InlineData("a folder of theirs")]
    [InlineData("a folder that others may write to")]
    [InlineData("a folder that leads to theirs")]
    [InlineData("a pipe in the file's place")]
    [InlineData("a folder in the file's place")]
    [InlineData("a second name of another file")]
    public void What_persists_is_not_written_where_another_could_have_a_hand_in_it(string what)
    {
        LabNamespace.Require("systemctl");
        using var lab = new FaultLab("nft");
        using var root = new PersistRoot("etc/systemd");
        string units = root.File("etc/systemd/system"), unit = Path.Combine(units, "vxlancsum-UnmarkTunnel.service"),
            victim = root.File("victim");
        LabCommand.Run("chmod", "755", root.Path);
        File.WriteAllText(victim, "theirs or ours, but not a unit");
        switch (what)
        {
            case "a folder of theirs":
                Directory.CreateDirectory(units);
                LabCommand.Run("chown", Stranger, units);
                break;
            case "a folder that others may write to":
                Directory.CreateDirectory(units);
                LabCommand.Run("chmod", "777", units);
                break;
            case "a folder that leads to theirs":
                Directory.CreateDirectory(root.File("theirs"));
                LabCommand.Run("chown", Stranger, root.File("theirs"));
                Directory.CreateSymbolicLink(units, root.File("theirs"));
                break;
            case "a pipe in the file's place":
                Directory.CreateDirectory(units);
                LabCommand.Run("mkfifo", unit);
                break;
            case "a folder in the file's place":
                Directory.CreateDirectory(unit);
                break;
            default:
                Directory.CreateDirectory(units);
                LabCommand.Run("ln", victim, unit);
                break;
        }

        string before = lab.Snapshot(), files = root.Snapshot();
        SessionResult result = engine.Session.Apply(lab, MitigationKind.UnmarkTunnel,
            $"-PersistPath '{root.Path}'");
        Assert.Equal(["PersistenceUnavailable"], result.ErrorIds);
        Assert.Equal(before, lab.Snapshot());
        Assert.Equal(files, root.Snapshot());
        Assert.Empty(engine.Session.Undo(lab, "-All").Succeeded().Output);
    }

    /// <summary>A link of theirs where the unit is to be is replaced, not followed, and comes back as it was.</summary>
    [Fact]
    public void A_link_in_the_units_place_is_not_followed()
    {
        LabNamespace.Require("systemctl");
        using var lab = new FaultLab("nft");
        using var root = new PersistRoot("etc/systemd/system");
        string unit = root.File("etc/systemd/system/vxlancsum-UnmarkTunnel.service"), victim = root.File("victim");
        File.WriteAllText(victim, "not a unit");
        File.CreateSymbolicLink(unit, victim);
        string before = root.Snapshot();
        engine.Session.Apply(lab, MitigationKind.UnmarkTunnel, $"-PersistPath '{root.Path}'").Succeeded();
        Assert.Null(new FileInfo(unit).LinkTarget);
        Assert.Equal("not a unit", File.ReadAllText(victim));
        Assert.Equal(true, engine.Session.Undo(lab, "-All").Succeeded().Get("Restored"));
        Assert.Equal(before, root.Snapshot());
    }

    private static string Prepare(string what, string place, string ours)
    {
        string journal = Path.Combine(place, "j.jsonl");
        bool isShared = what.EndsWith("is shared", StringComparison.Ordinal);
        if (isShared)
        {
            LabCommand.Run("chmod", "1777", place);
        }

        switch (what)
        {
            case "a link in a folder of theirs":
                File.CreateSymbolicLink(journal, ours);
                LabCommand.Run("chown", Stranger, place);
                return journal;
            case "a journal of theirs in a folder that is shared":
                File.Copy(ours, journal);
                LabCommand.Run("chown", Stranger, journal);
                return journal;
            case "a link of theirs in a folder that is shared":
                File.CreateSymbolicLink(journal, ours);
                LabCommand.Run("chown", "-h", Stranger, journal);
                return journal;
            case "a pipe of theirs in a folder that is shared":
                LabCommand.Run("mkfifo", journal);
                LabCommand.Run("chown", Stranger, journal);
                return journal;
            case "a second name in a folder that is shared":
                LabCommand.Run("ln", ours, journal);
                return journal;
            case "a journal that others may write to":
                File.Copy(ours, journal);
                LabCommand.Run("chmod", "666", journal);
                return journal;
            case "a folder that others may write to":
                File.Copy(ours, journal);
                LabCommand.Run("chmod", "777", place);
                return journal;
            case "a folder of ours in a folder of theirs":
                string deep = Directory.CreateDirectory(Path.Combine(place, "ours")).FullName;
                File.Copy(ours, Path.Combine(deep, "j.jsonl"));
                LabCommand.Run("chown", Stranger, place);
                return Path.Combine(deep, "j.jsonl");
            default:
                string theirs = Directory.CreateDirectory(Path.Combine(place, "theirs")).FullName;
                File.Copy(ours, Path.Combine(theirs, "j.jsonl"));
                LabCommand.Run("chown", Stranger, theirs);
                Directory.CreateSymbolicLink(Path.Combine(place, "way"), theirs);
                return Path.Combine(place, "way", "j.jsonl");
        }
    }
}
