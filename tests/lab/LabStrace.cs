using System.Diagnostics;
using System.Globalization;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests;

/// <summary>Runs programs under strace, which stops them at each of their calls: a start, of some ten thousand, then
/// takes five times as long. What it starts itself the kernel stops at the calls that were asked for alone.</summary>
public static class LabStrace
{
    // A third of a start's calls are .NET's, which writes down for the next start what this one compiled.
    private const string Forget = "DOTNET_MultiCoreJitNoProfileGather";
    private static readonly string[] s_start = ["-f", "--seccomp-bpf", "-E", Forget + "=1"];

    /// <summary>What goes before a command line to have it killed as it makes a call for the n-th time.</summary>
    public static string[] KillAt(string call, int time) => ["strace", .. s_start, "-qq", .. Kill(call, time)];

    /// <summary>Runs a command in vxlancsum; what it calls is in the log.</summary>
    public static Task<LabCommandResult> LogAsync(string command, string calls, string log) => Task.Run(
        () => LabCommand.TryRun("strace", [.. s_start, "-qq", "-s", "200", "-o", log, "-e", $"trace={calls}",
            ShellProcess.Executable, "-NoProfile", "-Command", command]),
        TestContext.Current.CancellationToken);

    /// <summary>Runs a command in vxlancsum, and kills it as it makes a call for the n-th time since the command
    /// began.</summary>
    /// <returns>Whether it came to its end.</returns>
    public static async Task<bool> RunAsync(string command, string call, int time)
    {
        using TemporaryFolder folder = new();
        string gate = Path.Combine(folder.Path, "gate");
        LabCommand.Run("mkfifo", gate);
        using Process program = ShellProcess.Start(["-NoProfile", "-Command",
            $"'ready'; $null = [System.IO.File]::ReadAllText('{gate}'); {command}"],
            new Dictionary<string, string?> { [Forget] = "1" });
        program.StandardInput.Close();
        Assert.Equal("ready", await program.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        string id = program.Id.ToString(CultureInfo.InvariantCulture);
        ProcessStartInfo attach = new("strace", ["-f", .. Kill(call, time), "-p", id]) { RedirectStandardError = true };
        using Process strace = Process.Start(attach)!;
        Assert.Contains(" attached", await strace.StandardError.ReadLineAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        Task said = strace.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(gate, "go", TestContext.Current.CancellationToken);
        ShellResult result = await ShellProcess.FinishAsync(program);
        await said;
        await strace.WaitForExitAsync(TestContext.Current.CancellationToken);
        return result.ExitCode == 0;
    }

    private static string[] Kill(string call, int time) => ["-o", "/dev/null", "-e", $"trace={call}", "-e",
        string.Create(CultureInfo.InvariantCulture, $"inject={call}:signal=KILL:when={time}")];
}
