using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>Killed at any point, or run twice at once: the former state can always be had back.</summary>
[Long]
public sealed class MitigationCrashTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const int MostPoints = 60;

    // Each call that writes to the journal or has it on the disk is a point at which the process is killed: before a
    // step,
    // behind it, and with a line half-way on its way to the disk.
    [Theory]
    [InlineData("legacy", MitigationKind.NoTrackTunnel, "fsync")]
    [InlineData("nft", MitigationKind.NoTrackTunnel, "fsync")]
    [InlineData("nft", MitigationKind.NoTrackTunnel, "pwrite64")]
    [InlineData("nft", MitigationKind.DisableRxTxOffload, "fsync")]
    [InlineData("legacy", MitigationKind.RemovePostroutingJump, "fsync")]
    [InlineData("nft", MitigationKind.AddServiceRoute, "pwrite64")]
    public async Task Killed_at_every_boundary_of_a_step_undo_pending_brings_all_back(string backend,
        MitigationKind kind, string call)
    {
        LabNamespace.Require("strace");
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        using var lab = new FaultLab(backend);
        string before = lab.Snapshot();
        int killed = 0;
        bool finished = false;
        for (int point = 1; point <= MostPoints && !finished; point++)
        {
            finished = await LabStrace.RunAsync(
                $"Invoke-ChecksumMitigation {kind} -NetworkNamespace {lab.Node.Name} -JournalPath {lab.Journal} "
                + $"-ServiceNetwork 10.96.0.0/16 -Force -Confirm:$false", call, point);
            killed += finished ? 0 : 1;
            string what = finished ? "-All" : "-Pending";
            engine.Session.Undo(lab, what).Succeeded();

            // Killed behind the last step, all was applied: nothing is pending then.
            engine.Session.Undo(lab, "-All").Succeeded();
            Assert.Equal(before, lab.Snapshot());
        }

        Assert.True(finished, $"still killed after {MostPoints} points");
        Assert.True(killed >= 3, $"killed at {killed} points only");
    }

    [Fact]
    public async Task Of_two_at_once_one_changes_and_the_other_finds_it_done()
    {
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        using var lab = new FaultLab("nft");
        string before = lab.Snapshot();
        string command =
            $"Invoke-ChecksumMitigation NoTrackTunnel -NetworkNamespace {lab.Node.Name} -JournalPath {lab.Journal} "
            + $"-Timeout 60 -Confirm:$false | ForEach-Object {{ \"changed=$($_.Changed)\" }}";
        ShellResult[] results = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => ShellProcess.RunAsync("-NoProfile", "-Command", command)));
        Assert.All(results, static r => Assert.Equal(0, r.ExitCode));
        Assert.Equal(["changed=False", "changed=False", "changed=True"],
            results.SelectMany(static r => r.Lines).Order());
        Assert.Equal(2,
            lab.Node.Run("iptables-nft-save", "-t", "raw").Split('\n')
                .Count(static l => l.Contains("NOTRACK", StringComparison.Ordinal)
                    || l.Contains("--notrack", StringComparison.Ordinal)));
        engine.Session.Undo(lab, "-All").Succeeded();
        Assert.Equal(before, lab.Snapshot());
    }

    [Fact]
    public void A_lock_that_is_held_too_long_is_said_and_nothing_is_changed()
    {
        using var lab = new FaultLab("nft");
        string before = lab.Snapshot();
        using (new FileStream(lab.Journal + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            SessionResult result = engine.Session.Apply(lab, MitigationKind.UnmarkTunnel, "-Timeout 0.3");
            Assert.Equal(["MitigationBusy"], result.ErrorIds);
            Assert.Empty(result.Output);
        }

        Assert.Equal(before, lab.Snapshot());
        engine.Session.Apply(lab, MitigationKind.UnmarkTunnel, "-Timeout 5").Succeeded();
    }

    [Fact]
    public async Task The_lock_of_xtables_held_too_long_is_said_and_the_former_state_kept()
    {
        LabNamespace.Require("flock");
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        using var lab = new FaultLab("legacy");
        string before = lab.Snapshot();

        // A lock file of its own: the machine's may be wanted by others.
        string lockFile = lab.Journal + ".xtables";
        await File.WriteAllTextAsync(lockFile, string.Empty, TestContext.Current.CancellationToken);
        using System.Diagnostics.Process holder = System.Diagnostics.Process.Start("flock",
            ["-x", lockFile, "sleep", "300"]);
        try
        {
            ShellResult result = await ShellProcess.RunAsync(
                ["-NoProfile", "-Command",
                    $"$e = $null; Invoke-ChecksumMitigation UnmarkTunnel -NetworkNamespace {lab.Node.Name} "
                    + $"-JournalPath {lab.Journal} -Timeout 1 -Confirm:$false -ErrorAction SilentlyContinue "
                    + $"-ErrorVariable e; $e[0].FullyQualifiedErrorId"],
                null, new Dictionary<string, string?> { ["XTABLES_LOCKFILE"] = lockFile });
            Assert.StartsWith("MitigationBusy,", result.Output, StringComparison.Ordinal);
        }
        finally
        {
            holder.Kill(entireProcessTree: true);
        }

        Assert.Equal(before, lab.Snapshot());
        Assert.Empty(engine.Session.Undo(lab, "-Pending").Succeeded().Output);
    }
}
