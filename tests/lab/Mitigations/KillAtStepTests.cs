using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>
/// Killed at each step that reaches outside, of applying and of undoing: at the start of a program, with that program
/// going on alone, at each write that goes to the disk, at each message to the kernel. Steps are counted, no time is
/// measured. A part of them in the tests; all with VXLANCSUM_KILL_STEPS=all.
/// </summary>
[Long]
public sealed class KillAtStepTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const int MostPoints = 80;
    private static readonly bool s_all = Environment.GetEnvironmentVariable("VXLANCSUM_KILL_STEPS") == "all";
    private static readonly string[] s_ways = ["before a program", "beside a program", "fsync", "sendto"];

    public static TheoryData<string, MitigationKind, string> Rows()
    {
        var rows = new TheoryData<string, MitigationKind, string>();
        int row = 0;
        foreach (MitigationKind kind in UndoSoakTests.Kinds)
        {
            string[] both = ["legacy", "nft"];
            foreach (string backend in s_all ? both : [both[row % 2]])
            {
                bool hasPrograms = kind is not (MitigationKind.AddServiceRoute or MitigationKind.DisableTxChecksum
                    or MitigationKind.DisableRxTxOffload or MitigationKind.DisableTunnelSegmentation);
                string[] ways = [.. s_ways.Where(w => w != (hasPrograms ? "sendto" : "beside a program"))];
                foreach (string way in s_all ? ways : [ways[(row++ + 2) % ways.Length]])
                {
                    rows.Add(backend, kind, way);
                }
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task It_is_as_before_or_as_applied_and_undo_finds_which(string backend, MitigationKind kind,
        string way)
    {
        LabNamespace.Require("strace", "bash");
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        using var lab = new FaultLab(backend);
        using var root = new PersistRoot("etc/systemd/system");
        using var trap = new ProgramTrap(lab.Journal);
        string persist = UndoSoakTests.MayPersist(kind) && LabCommand.Exists("systemctl")
            ? $"-PersistPath {root.Path}" : string.Empty;

        // Units name the programs by their path, which is the trap's here: names and modes tell enough.
        string before = lab.Snapshot() + root.Names();
        engine.Session.Apply(lab, kind, "-Force " + persist).Succeeded();
        string applied = lab.Snapshot() + root.Names();
        engine.Session.Undo(lab, "-All").Succeeded();
        Assert.Equal(before, lab.Snapshot() + root.Names());
        foreach (bool undoing in (bool[])[false, true])
        {
            string command = undoing ? $"Undo-ChecksumMitigation -All -JournalPath {lab.Journal}"
                : $"Invoke-ChecksumMitigation {kind} -NetworkNamespace {lab.Node.Name} -JournalPath {lab.Journal} "
                    + $"-ServiceNetwork 10.96.0.0/16 -Force -Confirm:$false {persist}";
            int killed = 0;
            bool finished = false;
            for (int at = 1; at <= MostPoints && !finished; at += s_all ? 1 : way == "sendto" ? 9 : 3)
            {
                if (undoing)
                {
                    engine.Session.Apply(lab, kind, "-Force " + persist).Succeeded();
                }

                finished = await RunAsync(command, way, at, trap);
                killed += finished ? 0 : 1;
                SessionResult pending = engine.Session.Undo(lab, "-Pending -Timeout 60").Succeeded();
                Assert.All(pending.Property("Restored"), static r => Assert.Equal(true, r));
                string now = lab.Snapshot() + root.Names();
                Assert.True(now == before || (now == applied && pending.Output.Count == 0),
                    $"half a state: killed {way} {at} of {command}:\n{now}");
                Assert.All(engine.Session.Undo(lab, "-All").Succeeded().Property("Restored"),
                    static r => Assert.Equal(true, r));
                Assert.Equal(before, lab.Snapshot() + root.Names());
            }

            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{backend} {kind} {(undoing ? "undone" : "applied")}, {way}: killed at {killed} points");
            Assert.True(finished, $"still killed after {MostPoints} points");
        }
    }

    /// <summary>Whether the run came to its end.</summary>
    private static async Task<bool> RunAsync(string command, string way, int at, ProgramTrap trap)
    {
        if (way.EndsWith("program", StringComparison.Ordinal))
        {
            ShellResult run = await ShellProcess.RunAsync(["-NoProfile", "-Command", command], null,
                trap.Environment(at, runs: way == "beside a program"));
            return run.ExitCode == 0;
        }

        return await LabStrace.RunAsync(command, way, at);
    }
}
