using System.Diagnostics;
using System.Globalization;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.LabTests.Mitigations;
using VxlanCsum.Netfilter.Walking;

namespace VxlanCsum.LabTests.Marks;

/// <summary>Watch-MasqueradeMark killed or told to end: what is left over goes with the next run, or with
/// Undo-ChecksumMitigation.</summary>
[Collection(nameof(Alone))]
public sealed class MarkWatchCrashTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Theory]
    [InlineData("nft", "Log")]
    [InlineData("legacy", "Log")]
    [InlineData("nft", "Trace")]
    public async Task Killed_the_rules_stay_until_the_next_run_takes_them_out(string backend, string method)
    {
        using var setting = new LogSetting();
        using var lab = new FaultLab(backend);
        string before = MasqueradeMarkTests.All(lab.Node, lab.Snapshot());
        await RunUntilAsync(lab, method, static p => p.Kill());
        Assert.NotEqual(before, MasqueradeMarkTests.All(lab.Node, lab.Snapshot()));

        using (LiveRun next = await LiveRun.StartAsync(
            engine.Session,
            "$n, $j, $m = $args; Watch-MasqueradeMark -NetworkNamespace $n -JournalPath $j -Method $m -Duration 0.1",
            lab.Node.Name, lab.Journal, method))
        {
            Assert.Contains((await next.ResultAsync()).Succeeded().Verbose,
                static v => v.StartsWith("WatchMasqueradeMark-", StringComparison.Ordinal)
                    && v.Contains("was interrupted", StringComparison.Ordinal));
        }

        Assert.Equal(before, MasqueradeMarkTests.All(lab.Node, lab.Snapshot()));
        Assert.Equal(["journal.jsonl", "journal.jsonl.lock"],
            Directory.EnumerateFiles(Path.GetDirectoryName(lab.Journal)!).Select(Path.GetFileName).Order());
    }

    // Each call that has the journal on the disk is a point at which the process is killed: before and behind the rule,
    // and while it is taken out.
    [Fact]
    public async Task Killed_at_every_boundary_what_is_left_is_pending()
    {
        LabNamespace.Require("strace");
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        using var setting = new LogSetting();
        using var lab = new FaultLab("nft");
        string before = MasqueradeMarkTests.All(lab.Node, lab.Snapshot());
        int killed = 0;
        for (bool finished = false; !finished && killed < 30;)
        {
            finished = await LabStrace.RunAsync(
                $"Watch-MasqueradeMark -NetworkNamespace {lab.Node.Name} -JournalPath {lab.Journal} -Method Log "
                + $"-Duration 0.05", "fsync", killed + 1);
            killed += finished ? 0 : 1;
            engine.Session.Undo(lab, "-Pending").Succeeded();
            Assert.Equal(before, MasqueradeMarkTests.All(lab.Node, lab.Snapshot()));
        }

        Assert.InRange(killed, 3, 29);
    }

    [Fact]
    public async Task Killed_what_it_left_is_pending_and_can_be_undone()
    {
        using var lab = new FaultLab("nft");
        string before = MasqueradeMarkTests.All(lab.Node, lab.Snapshot());
        await RunUntilAsync(lab, "Trace", static p => p.Kill());
        SessionResult undone = engine.Session.Undo(lab, "-Pending").Succeeded();
        Assert.Equal((true, true), (undone.Get("Changed"), undone.Get("Restored")));
        Assert.Null(undone.Get("Kind"));
        Assert.Equal(before, MasqueradeMarkTests.All(lab.Node, lab.Snapshot()));
    }

    [Fact]
    public async Task Told_to_end_by_a_signal_it_takes_its_rules_out()
    {
        LabNamespace.Require("kill");
        using var lab = new FaultLab("nft");
        string before = MasqueradeMarkTests.All(lab.Node, lab.Snapshot());
        await RunUntilAsync(lab, "Trace",
            static p => LabCommand.Run("kill", "-TERM", p.Id.ToString(CultureInfo.InvariantCulture)));
        Assert.Equal(before, MasqueradeMarkTests.All(lab.Node, lab.Snapshot()));
    }

    /// <summary>Watches in a process of its own, and once its rules are in ends that.</summary>
    private static async Task RunUntilAsync(FaultLab lab, string method, Action<Process> end)
    {
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        using Process process = ShellProcess.Start(
            ["-NoProfile", "-NonInteractive", "-Command",
                $"Watch-MasqueradeMark -NetworkNamespace {lab.Node.Name} -JournalPath {lab.Journal} -Method {method} "
                + $"-Verbose"]);
        process.StandardInput.Close();
        try
        {
            string? line;
            do
            {
                line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
                Assert.True(line is not null, "it ended before its rules were in");
            }
            while (!line.Contains("Watching for", StringComparison.Ordinal));

            end(process);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }
        finally
        {
            process.Kill();
        }
    }
}
