using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Clusters;

/// <summary>deploy/kubectl/kubectl-vxlancsum, with a kubectl that notes how it is called and answers as it is
/// told.</summary>
public sealed class KubectlPluginTests : IDisposable
{
    private const string Kubectl = """
        #!/bin/sh
        echo "$*" >>"$CALLS"
        case "$*" in
            "get node absent"*) echo 'Error from server (NotFound): nodes "absent" not found' >&2; exit 1 ;;
            "get node secret"*) echo 'Error from server (Forbidden): nodes "secret" is forbidden' >&2; exit 1 ;;
            "get node slow"*) echo Unknown ;;
            "get node "*) echo True ;;
            "create "*) cat >"$CALLS.pod" ;;
            *"{.status.phase}") echo "$PHASE" ;;
            "logs "*) echo "what the pod says" ;;
            *exitCode*) echo "$CODE" ;;
        esac
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _calls;

    public KubectlPluginTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a shell script");
        File.SetUnixFileMode(_folder.Write("kubectl", Kubectl),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _calls = _folder.Write("calls", "");
    }

    [Theory]
    [InlineData("Succeeded", 0)]
    [InlineData("Failed", 2)]
    public async Task A_nodes_verdict_is_the_exit_code_and_the_pod_goes(string phase, int code)
    {
        ShellResult result = await RunAsync(phase, code, "diagnose", "node-7", "-CaptureSeconds", "5");
        Assert.Equal((code, "what the pod says", ""), (result.ExitCode, result.Output.Trim(), result.Errors));
        using JsonDocument pod = JsonDocument.Parse(await File.ReadAllTextAsync(_calls + ".pod",
            TestContext.Current.CancellationToken));
        JsonElement spec = pod.RootElement.GetProperty("spec"), container = spec.GetProperty("containers")[0];
        Assert.Equal("node-7", spec.GetProperty("nodeName").GetString());
        string[] arguments = [.. container.GetProperty("args").EnumerateArray().Select(static a => a.GetString()!)];
        Assert.Equal(["-NoLogo", "-NoProfile", "-NonInteractive", "-Command"], arguments[..4]);
        Assert.Contains("-CaptureSeconds '5'", arguments[4], StringComparison.Ordinal);
        Assert.Equal($"delete pod {pod.RootElement.GetProperty("metadata").GetProperty("name").GetString()}",
            string.Join(' ', Deleted()[0].Split(' ').Take(3)));
    }

    [Fact]
    public async Task A_node_that_is_not_there_is_not_waited_for()
    {
        ShellResult result = await RunAsync("Pending", 0, "diagnose", "absent");
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("there is no node absent", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Calls(), static c => c.StartsWith("create", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_may_not_look_at_nodes_diagnoses_them_all_the_same()
    {
        ShellResult result = await RunAsync("Succeeded", 1, "diagnose", "secret");
        Assert.Equal((1, "what the pod says"), (result.ExitCode, result.Output.Trim()));
    }

    [Fact]
    public async Task A_pod_that_does_not_end_is_told_and_removed()
    {
        ShellResult result = await RunAsync("Pending", 0, "--timeout", "1", "diagnose", "slow");
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("slow is not ready", result.Errors, StringComparison.Ordinal);
        Assert.Contains("not done within 1 s (last phase: Pending)", result.Errors, StringComparison.Ordinal);
        Assert.Single(Deleted());
    }

    [Fact]
    public async Task Ended_while_it_waits_it_removes_the_pod()
    {
        using Process process = Start("Pending", 0, "--timeout", "600", "diagnose", "node-7");
        while (!Calls().Any(static c => c.Contains("{.status.phase}", StringComparison.Ordinal)))
        {
            Assert.False(process.HasExited, "it ended by itself");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        using (Process kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(130, (await ShellProcess.FinishAsync(process)).ExitCode);
        Assert.Single(Deleted());
    }

    [Fact]
    public async Task A_report_of_no_node_is_none()
    {
        ShellResult result = await RunAsync("Succeeded", 0, "report", "absent", "absent");
        Assert.Equal((3, ""), (result.ExitCode, result.Output));
        Assert.Contains("no node was diagnosed", result.Errors, StringComparison.Ordinal);
        Assert.Equal(2, Calls().Length);
    }

    [Fact]
    public async Task A_risk_that_cannot_be_read_is_no_success()
    {
        string nodes = _folder.Write("nodes.json", "[ what is this");
        Assert.NotEqual(0, (await RunAsync("", 0, "risk", "-Path", nodes)).ExitCode);
        File.Copy(Directory.EnumerateFiles(Repository.Data("clusters"), "*.json").Order(StringComparer.Ordinal).First(),
            nodes, overwrite: true);
        Assert.Equal(0, (await RunAsync("", 0, "risk", "-Path", nodes)).ExitCode);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private string[] Calls() => File.ReadAllLines(_calls);

    private string[] Deleted() =>
        [.. Calls().Where(static c => c.StartsWith("delete pod ", StringComparison.Ordinal))];

    private async Task<ShellResult> RunAsync(string phase, int code, params string[] arguments)
    {
        using Process process = Start(phase, code, arguments);
        return await ShellProcess.FinishAsync(process);
    }

    private Process Start(string phase, int code, params string[] arguments)
    {
        Process process = Process.Start(
            new ProcessStartInfo("sh", [Repository.PathOf("deploy", "kubectl", "kubectl-vxlancsum"), .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment =
                {
                    ["PATH"] = $"{_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}",
                    ["VXLANCSUM"] = ShellProcess.Executable,
                    ["CALLS"] = _calls,
                    ["PHASE"] = phase,
                    ["CODE"] = code.ToString(CultureInfo.InvariantCulture),
                },
            })!;
        process.StandardInput.Close();
        return process;
    }
}
