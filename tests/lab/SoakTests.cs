using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.LabTests.Mitigations;

namespace VxlanCsum.LabTests;

/// <summary>
/// One session that captures, diagnoses, applies and undoes, over and over: what it holds stays the same. A minute
/// and twenty rounds here; as long as wanted with VXLANCSUM_SOAK_SECONDS.
/// </summary>
[Long]
public sealed class SoakTests
{
    private const int WarmRounds = 3;

    /// <summary>A long session's heap breathes: caches of the engine, of expressions, of the runtime.</summary>
    private const long MostHeapGrowth = 8 << 20;

    private static int Seconds => int.TryParse(Environment.GetEnvironmentVariable("VXLANCSUM_SOAK_SECONDS"),
        NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? seconds : 60;

    [Fact]
    public async Task RoundAfterRoundNothingGrows()
    {
        using var lab = new FaultLab("nft");
        string before = lab.Snapshot();
        ShellResult? ended = null;
        await lab.WhileAskingAsync(async () =>
        {
            using Process process = ShellProcess.Start(["-NoProfile", "-NonInteractive", "-c", Script(lab)]);
            process.StandardInput.Close();
            ended = await ShellProcess.FinishAsync(process, TimeSpan.FromSeconds(Seconds + 120));
        });
        ShellResult run = ended!;
        Assert.True(run.ExitCode == 0, run.Errors + run.Output);
        Held[] rounds = [.. run.Lines.Where(static l => l.StartsWith('{')).Select(static l =>
            JsonSerializer.Deserialize<Held>(l)!)];
        Assert.True(rounds.Length > WarmRounds + 1, $"only {rounds.Length} rounds: {run.Output}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds.Length} rounds: {rounds[WarmRounds]} {rounds[^1]}");
        Held warm = rounds[WarmRounds], last = rounds[^1];
        Assert.Equal((warm.Files, warm.Namespaces), (last.Files, last.Namespaces));

        // The pool of the runtime comes and goes with what there is to do.
        Assert.InRange(last.Threads, 1, rounds.Take(WarmRounds + 1).Max(static r => r.Threads) + 4);
        Assert.InRange(last.Heap, 1, warm.Heap + MostHeapGrowth);
        Assert.All(rounds, static r => Assert.Equal((3, 1, true, true), (r.Captured, r.Diagnosed, r.Changed, r.Restored)));
        Assert.Equal(before, lab.Snapshot());
    }

    private static string Script(FaultLab lab) => $$"""
        $ErrorActionPreference = 'Stop'
        $ns = @{ NetworkNamespace = '{{lab.Node.Name}}' }
        $journal = @{ JournalPath = '{{lab.Journal}}' }
        $end = [DateTime]::UtcNow.AddSeconds({{Seconds}})
        for ($round = 0; $round -lt 20 -or [DateTime]::UtcNow -lt $end; $round++) {
            $captured = @(Read-PcapChecksum -Interface up0 @ns -Duration 10 -First 3)
            $diagnosed = @(Get-ChecksumDiagnosis @ns @journal -CounterSeconds 0)
            $applied = Invoke-ChecksumMitigation UnmarkTunnel @ns @journal -Confirm:$false
            $undone = Undo-ChecksumMitigation -All @journal -Confirm:$false
            1..2 | ForEach-Object { [GC]::Collect(); [GC]::WaitForPendingFinalizers() }
            $links = foreach ($task in [IO.Directory]::GetDirectories('/proc/self/task')) {
                [IO.FileInfo]::new("$task/ns/net").LinkTarget
            }
            # The runtime keeps each assembly open that it loads, some of them late.
            $open = foreach ($file in [IO.Directory]::GetFileSystemEntries('/proc/self/fd')) {
                [IO.FileInfo]::new($file).LinkTarget
            }
            [pscustomobject]@{
                Captured = $captured.Count; Diagnosed = $diagnosed.Count
                Changed = $applied.Changed; Restored = $undone.Restored
                Heap = [GC]::GetTotalMemory($true)
                Files = @($open | Where-Object { $_ -and $_ -notlike '*.dll' }).Count
                Threads = [IO.Directory]::GetDirectories('/proc/self/task').Count
                Namespaces = @($links | Where-Object { $_ } | Sort-Object -Unique).Count
            } | ConvertTo-Json -Compress
        }
        """;

    /// <summary>What a round did, and what the session held after it.</summary>
    private sealed record Held(int Captured, int Diagnosed, bool Changed, bool Restored, long Heap, int Files,
        int Threads, int Namespaces);
}
