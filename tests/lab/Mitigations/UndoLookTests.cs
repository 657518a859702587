using System.Diagnostics;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>"Restored" is what was read back: each of these was once closed with the change in place.</summary>
public sealed class UndoLookTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private static readonly string[] s_jump = ["-j", "KUBE-POSTROUTING"];

    [Theory]
    [InlineData("legacy")]
    [InlineData("nft")]
    public void Jumps_that_say_the_same_come_back_each_to_its_place(string backend)
    {
        using var lab = new FaultLab(backend);
        void Add(params string[] rule) => lab.Node.Run(lab.Iptables, ["-t", "nat", "-A", "POSTROUTING", .. rule]);
        Add(s_jump);
        Add("-s", "10.1.0.0/16", "-j", "ACCEPT");
        Add(s_jump);
        Add(["-m", "comment", "--comment", "one", .. s_jump]);
        Add("-d", "10.2.0.0/16", "-j", "ACCEPT");
        Add(["-m", "comment", "--comment", "two", .. s_jump]);
        Add(["-m", "comment", "--comment", "three", .. s_jump]);
        Add(s_jump);
        string before = lab.Snapshot();
        engine.Session.Apply(lab, MitigationKind.RemovePostroutingJump).Succeeded();
        Assert.DoesNotContain("-j KUBE-POSTROUTING", lab.Node.Run(lab.Iptables + "-save", "-t", "nat"),
            StringComparison.Ordinal);
        Assert.Equal(true, engine.Session.Undo(lab, "-All").Succeeded().Get("Restored"));
        Assert.Equal(before, lab.Snapshot());
    }

    [Fact]
    public void A_jump_that_came_back_elsewhere_is_said_and_the_entry_stays_open()
    {
        using var lab = new FaultLab("nft");
        lab.Node.Run("iptables-nft", "-t", "nat", "-I", "POSTROUTING", "-s", "10.1.0.0/16", "-j", "ACCEPT");
        engine.Session.Apply(lab, MitigationKind.RemovePostroutingJump).Succeeded();
        lab.Node.Run("iptables-nft", "-t", "nat", "-I", "POSTROUTING", "-m", "comment", "--comment",
            "kubernetes postrouting rules", "-j", "KUBE-POSTROUTING");
        SessionResult undone = engine.Session.Undo(lab, "-All").Succeeded();
        Assert.Equal((false, false), (undone.Get("Restored"), undone.Get("Closed")));
        Assert.Contains("not in its former place", Assert.Single(undone.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Applied_inside_a_namespace_it_is_undone_from_outside()
    {
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        using var lab = new FaultLab("nft");
        string before = lab.Snapshot();
        LabCommandResult applied = await Task.Run(
            () => lab.Node.TryRun(ShellProcess.Executable, "-NoProfile", "-Command",
            $"Invoke-ChecksumMitigation UnmarkTunnel -JournalPath {lab.Journal} -Confirm:$false"),
            TestContext.Current.CancellationToken);
        Assert.Equal(0, applied.ExitCode);
        Assert.NotEqual(before, lab.Snapshot());
        SessionResult undone = engine.Session.Undo(lab, "-All").Succeeded();
        Assert.Equal((true, true), (undone.Get("Restored"), undone.Get("Changed")));
        Assert.Equal(before, lab.Snapshot());
    }

    [Fact]
    public void A_namespace_that_was_named_by_a_process_is_found_when_that_has_ended()
    {
        using var lab = new FaultLab("nft");
        string before = lab.Snapshot();
        using (var living = Process.Start("ip", ["netns", "exec", lab.Node.Name, "sleep", "300"]))
        {
            try
            {
                Assert.True(SpinWait.SpinUntil(() => File.Exists($"/proc/{living.Id}/ns/net")
                    && new FileInfo($"/proc/{living.Id}/ns/net").LinkTarget
                        != new FileInfo("/proc/self/ns/net").LinkTarget, TimeSpan.FromSeconds(30)));
                engine.Session.Run(
                    "param($n, $j) Invoke-ChecksumMitigation NoTrackTunnel -NetworkNamespace $n -JournalPath $j "
                    + "-Confirm:$false",
                    living.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), lab.Journal).Succeeded();
            }
            finally
            {
                living.Kill();
                living.WaitForExit();
            }
        }

        SessionResult undone = engine.Session.Undo(lab, "-All").Succeeded();
        Assert.Equal((true, true), (undone.Get("Restored"), undone.Get("Changed")));
        Assert.Equal(before, lab.Snapshot());
    }

    /// <summary>As after a reboot whose scripts made the namespace and brought the rules back.</summary>
    [Fact]
    public void After_a_reboot_that_brought_the_rule_back_it_is_taken_out()
    {
        using var lab = new FaultLab("legacy");
        string before = lab.Snapshot();
        engine.Session.Apply(lab, MitigationKind.UnmarkTunnel).Succeeded();
        string journal = File.ReadAllText(lab.Journal);
        string boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        File.WriteAllText(lab.Journal, journal.Replace(boot, Guid.NewGuid().ToString(), StringComparison.Ordinal));
        SessionResult undone = engine.Session.Undo(lab, "-All").Succeeded();
        Assert.Equal((true, true), (undone.Get("Restored"), undone.Get("Changed")));
        Assert.Equal(before, lab.Snapshot());
    }

    [Fact]
    public void A_line_that_is_lost_hides_no_change()
    {
        using var lab = new FaultLab("nft");
        string before = lab.Snapshot();
        engine.Session.Apply(lab, MitigationKind.NoTrackTunnel).Succeeded();
        File.WriteAllLines(lab.Journal,
            File.ReadAllLines(lab.Journal).Where(static l => !l.Contains("\"Begin\"", StringComparison.Ordinal))
                .ToArray());
        SessionResult undone = engine.Session.Undo(lab, "-All").Succeeded();
        Assert.Equal((true, true), (undone.Get("Restored"), undone.Get("Changed")));
        Assert.Equal(before, lab.Snapshot());
    }

    /// <summary>The program that a killed run started waits for the lock of iptables, and puts its rule in after
    /// all.</summary>
    [Fact]
    public async Task Undo_waits_for_a_program_that_outlives_its_run()
    {
        LabNamespace.Require("flock");
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        using var lab = new FaultLab("legacy");
        string before = lab.Snapshot(), lockFile = lab.Journal + ".xtables";
        await File.WriteAllTextAsync(lockFile, string.Empty, TestContext.Current.CancellationToken);
        using Process holder = Process.Start("flock", ["-x", lockFile, "sleep", "300"]);
        Task<SessionResult> undoing;
        try
        {
            Assert.True(
                SpinWait.SpinUntil(() => LabCommand.TryRun("flock", "-n", lockFile, "true").ExitCode != 0,
                    TimeSpan.FromSeconds(30)));
            using Process run = ShellProcess.Start(
                ["-NoProfile", "-Command",
                    $"Invoke-ChecksumMitigation UnmarkTunnel -NetworkNamespace {lab.Node.Name} -JournalPath "
                    + $"{lab.Journal} -Timeout 60 -Confirm:$false"],
                new Dictionary<string, string?> { ["XTABLES_LOCKFILE"] = lockFile });
            Assert.True(SpinWait.SpinUntil(() => Waiting() > 0, TimeSpan.FromSeconds(60)), "no iptables waits");
            run.Kill();
            await run.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(Waiting() > 0, "the program did not outlive its run: nothing is shown");
            Assert.Equal(["MitigationBusy"], engine.Session.Undo(lab, "-Pending -Timeout 0.2").ErrorIds);
            undoing = Task.Run(() => engine.Session.Undo(lab, "-Pending -Timeout 60"),
                TestContext.Current.CancellationToken);
        }
        finally
        {
            holder.Kill(entireProcessTree: true);
        }

        SessionResult undone = (await undoing).Succeeded();
        Assert.Equal((true, true), (undone.Get("Restored"), undone.Get("Changed")));
        Assert.Equal(before, lab.Snapshot());

        // Programs that only read take no lock, and end by themselves.
        static int Waiting() =>
            LabCommand.TryRun("pgrep", "-f", "/iptables-legacy -w").Output.Count(static c => c == '\n');
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void On_a_full_disk_what_is_said_is_what_is(bool roomForOneLine)
    {
        LabNamespace.Require("mount");
        using var lab = new FaultLab("nft");
        using var folder = new TemporaryFolder();
        string before = lab.Snapshot();
        LabCommand.Run("mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", folder.Path);
        try
        {
            string journal = Path.Combine(folder.Path, "j.jsonl");
            engine.Session.Run(
                "param($n, $j) Invoke-ChecksumMitigation UnmarkTunnel -NetworkNamespace $n -JournalPath $j "
                + "-Confirm:$false", lab.Node.Name, journal).Succeeded();
            string applied = lab.Snapshot();

            // Up to the end of a page, which is what a tmpfs gives: with room for the line that begins an undo, or for
            // none.
            long length = new FileInfo(journal).Length, end = (length + 4095) / 4096 * 4096;
            File.AppendAllText(journal,
                new string('\n', (int)(end - length - (roomForOneLine ? 200 : 20) + (end - length < 220 ? 4096 : 0))));
            Assert.NotEqual(0,
                LabCommand.TryRun("dd", "if=/dev/zero", $"of={Path.Combine(folder.Path, "rest")}", "bs=4096").ExitCode);

            SessionResult undone = engine.Session.Run("param($j) Undo-ChecksumMitigation -All -JournalPath $j",
                journal);
            Assert.Equal(["JournalUnusable"], undone.ErrorIds);
            string said = undone.Errors[0].ErrorDetails.Message;
            Assert.Equal(roomForOneLine ? before : applied, lab.Snapshot());
            Assert.Contains(roomForOneLine ? "the former state is back, but the journal could not be told"
                : "Nothing was changed", said, StringComparison.Ordinal);

            File.Delete(Path.Combine(folder.Path, "rest"));
            undone = engine.Session.Run("param($j) Undo-ChecksumMitigation -All -JournalPath $j", journal).Succeeded();
            Assert.Equal((true, true), (undone.Get("Restored"), undone.Get("Closed")));
            Assert.Equal(before, lab.Snapshot());
        }
        finally
        {
            LabCommand.TryRun("umount", folder.Path);
        }
    }

    /// <summary>A journal in another's folder, or behind a link of another's, is not carried out.</summary>
    [Fact]
    public void A_strangers_journal_is_not_relied_on()
    {
        using var lab = new FaultLab("nft");
        engine.Session.Apply(lab, MitigationKind.UnmarkTunnel).Succeeded();
        string applied = lab.Snapshot();
        using var folder = new TemporaryFolder();
        LabCommand.Run("chmod", "755", folder.Path);
        LabCommand.Run("chown", "65534", folder.Path);
        string link = Path.Combine(folder.Path, "journal.jsonl");
        File.CreateSymbolicLink(link, lab.Journal);
        SessionResult undone = engine.Session.Run(
            "param($j) Undo-ChecksumMitigation -All -JournalPath $j -Confirm:$false", link);
        Assert.Equal(["JournalUnusable"], undone.ErrorIds);
        Assert.Contains("user 65534", undone.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Equal(applied, lab.Snapshot());
        Assert.Equal([link], Directory.EnumerateFileSystemEntries(folder.Path));
    }
}
