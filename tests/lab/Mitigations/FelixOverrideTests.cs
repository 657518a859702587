using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>Felix's configuration by the real kubectl, against as much of an API as that needs.</summary>
[Long]
public sealed class FelixOverrideTests
{
    private const int MostPoints = 20;

    /// <summary>A part of them in the tests; all with VXLANCSUM_KILL_STEPS=all.</summary>
    public static TheoryData<string, bool> Rows()
    {
        bool all = Environment.GetEnvironmentVariable("VXLANCSUM_KILL_STEPS") == "all";
        var rows = new TheoryData<string, bool>();
        foreach ((string way, bool undoing, bool always) in ((string, bool, bool)[])[("before", false, false),
            ("before", true, true), ("beside", false, true), ("beside", true, false), ("fsync", false, false),
            ("fsync", true, true)])
        {
            if (always || all)
            {
                rows.Add(way, undoing);
            }
        }

        return rows;
    }

    [Fact]
    public void It_is_patched_diagnosed_and_put_back()
    {
        using var setting = new Setting();
        string before = setting.State;
        LabCommandResult applied = setting.Run(setting.Apply
            + " | ForEach-Object { \"$($_.Changed) $($_.Verified)\" }");
        Assert.Equal("True True", applied.Output.Trim());
        Assert.Contains("SNATFullyRandom=true,ChecksumOffloadBroken=true", setting.State, StringComparison.Ordinal);
        string diagnosed = setting.Run($"(Get-ChecksumDiagnosis -JournalPath {setting.Journal} -CounterSeconds 0 "
            + "-DropSeconds 0).Findings | Where-Object Id -eq MitigationInEffect | ForEach-Object Message").Output;
        Assert.StartsWith("FelixChecksumOverride is in effect since 20", diagnosed, StringComparison.Ordinal);
        Assert.Contains("). Kept by the cluster;", diagnosed, StringComparison.Ordinal);
        Assert.Equal("True True", setting.Run(setting.Undo("-All")).Output.Trim());
        Assert.Equal(before, setting.State);
    }

    /// <summary>Before kubectl runs, beside a kubectl that goes on alone, and at each line of the journal.</summary>
    [Theory]
    [MemberData(nameof(Rows))]
    public void Killed_at_each_step_it_is_as_before_or_as_applied_and_undo_finds_which(string way, bool undoing)
    {
        LabNamespace.Require("strace", "bash");
        using var setting = new Setting();
        using var trap = new ProgramTrap(setting.Journal);
        string before = setting.State;
        setting.Run(setting.Apply);
        string applied = setting.State;
        Assert.NotEqual(before, applied);
        setting.Run(setting.Undo("-All"));
        Assert.Equal(before, setting.State);
        int killed = 0;
        bool finished = false;
        for (int at = 1; at <= MostPoints && !finished; at++)
        {
            if (undoing)
            {
                setting.Run(setting.Apply);
            }

            string command = undoing ? setting.Undo("-All") : setting.Apply;
            finished = (way == "fsync"
                ? setting.Run(command, before: LabStrace.KillAt("fsync", at))
                : setting.Run(command, trap.Environment(at, runs: way == "beside"))).ExitCode == 0;
            killed += finished ? 0 : 1;
            LabCommandResult pending = setting.Run(setting.Undo("-Pending -Timeout 60"));
            Assert.DoesNotContain("False", pending.Output, StringComparison.Ordinal);
            Assert.Empty(pending.Error);
            Assert.True(setting.State == before || (setting.State == applied && pending.Output.Trim().Length == 0),
                $"killed {way} {at}: {setting.State}, pending: {pending.Output}");
            Assert.DoesNotContain("False", setting.Run(setting.Undo("-All")).Output, StringComparison.Ordinal);
            Assert.Equal(before, setting.State);
        }

        Assert.True(finished, $"still killed after {MostPoints} points");
        Assert.True(killed > 0, "never killed");
    }

    private sealed class Setting : IDisposable
    {
        private readonly FaultLab _lab;
        private readonly FelixApi _api;

        public Setting()
        {
            LabNamespace.Require("kubectl");
            Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
            _lab = new FaultLab("nft", tunnel: "vxlan.calico");
            _api = new FelixApi(_lab.Node);
        }

        public string State => _api.State;

        public string Journal => _lab.Journal;

        public string Apply =>
            $"Invoke-ChecksumMitigation FelixChecksumOverride -JournalPath {Journal} -Confirm:$false";

        public string Undo(string what) => $"Undo-ChecksumMitigation {what} -JournalPath {Journal} | ForEach-Object {{ "
            + "\"$($_.Restored) $($_.Closed)\" }";

        /// <summary>In the namespace that the API listens in.</summary>
        public LabCommandResult Run(string command, Dictionary<string, string?>? environment = null,
            string[]? before = null) => _lab.Node.TryRun("env",
            [$"KUBECONFIG={_api.Kubeconfig}", $"HOME={_api.Home}",
                .. (environment ?? []).Select(static e => $"{e.Key}={e.Value}"), .. before ?? [],
                ShellProcess.Executable, "-NoProfile", "-Command", command]);

        public void Dispose()
        {
            _api.Dispose();
            _lab.Dispose();
        }
    }
}
