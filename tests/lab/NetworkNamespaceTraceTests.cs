using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests;

/// <summary>
/// No thread of the session is left in a namespace that a cmdlet looked into: the runtime would run anyone's work on
/// it, the
/// user's own requests among it.
/// </summary>
[Collection(nameof(Alone))]
public sealed class NetworkNamespaceTraceTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Theory]
    [InlineData("Get-KubePostroutingRule -NetworkNamespace $n")]
    [InlineData("Get-OffloadFeature -NetworkNamespace $n")]
    [InlineData("Get-VxlanInterface -NetworkNamespace $n")]
    [InlineData("Get-ChecksumErrorCounter -NetworkNamespace $n")]
    [InlineData("Get-ChecksumAdvisory -NetworkNamespace $n")]
    [InlineData("Get-ChecksumMitigation -NetworkNamespace $n -ServiceNetwork 10.96.0.0/16")]
    [InlineData("Get-ChecksumDiagnosis -NetworkNamespace $n -CounterSeconds 0")]
    [InlineData("Read-PcapChecksum -Interface lo -NetworkNamespace $n -Duration 0.05")]
    [InlineData("Test-KubeServiceDns 127.0.0.1 -NetworkNamespace $n -Count 1 -Timeout 0.2")]
    [InlineData("Test-KernelChecksumDefect")]
    public async Task ACmdletLeavesNoThreadInTheNamespace(string command)
    {
        using LabNamespace lab = LabNamespace.Create();
        LabNamespace.Require("iptables-save", "nft");
        ThreadPool.GetMinThreads(out int workers, out int ports);
        using ManualResetEventSlim ended = new();
        try
        {
            // All threads of the pool are taken, and it may have more at once: each task that is started now starts a
            // thread, from
            // the thread that starts the task.
            ThreadPool.SetMinThreads(ThreadPool.ThreadCount + 200, ports);
            Task[] taken = [.. Enumerable.Range(0, ThreadPool.ThreadCount + 50)
                .Select(_ => Task.Run(ended.Wait, TestContext.Current.CancellationToken))];
            engine.Run($"param($n) {command} -ErrorAction SilentlyContinue", lab.Name);
            ended.Set();
            await Task.WhenAll(taken);
            await NothingForeignAsync();
        }
        finally
        {
            ended.Set();
            ThreadPool.SetMinThreads(workers, ports);
        }
    }

    [Fact]
    public async Task ASessionOfItsOwnIsWhereItWasAfterwards()
    {
        using LabNamespace lab = LabNamespace.Create();
        LabNamespace.Require("iptables-save", "nft");

        // The first child process, the first socket and the first file of the process are all opened in the namespace.
        ShellResult result = await ShellProcess.RunAsync("-NoLogo", "-NonInteractive", "-Command", $$"""
            $own = [System.IO.FileInfo]::new('/proc/self/ns/net').LinkTarget
            $null = [System.Threading.ThreadPool]::SetMinThreads(64, 64)
            $null = Get-KubePostroutingRule -NetworkNamespace {{lab.Name}} -ErrorAction SilentlyContinue
            $null = Get-OffloadFeature -NetworkNamespace {{lab.Name}}
            for ($i = 0; $i -lt 300; $i++) {
                $foreign = foreach ($task in [System.IO.Directory]::GetDirectories('/proc/self/task')) {
                    try {
                        $link = [System.IO.FileInfo]::new("$task/ns/net").LinkTarget
                        if ($link -and $link -ne $own) { "$link $([System.IO.File]::ReadAllText("$task/comm"))" }
                    } catch { }
                }
                if (-not $foreign) { break }
                [System.Threading.Thread]::Sleep(100)
            }
            "foreign: $foreign"
            """);
        Assert.Equal("foreign: ", result.Lines[^1]);
    }

    /// <summary>
    /// Waits until no thread is elsewhere. The one that opened something is there for a moment after what it opened;
    /// and the
    /// runtime's compiler, should it have begun there, for some seconds: it runs nobody's code.
    /// </summary>
    private static async Task NothingForeignAsync()
    {
        string home = new FileInfo("/proc/self/ns/net").LinkTarget!;
        string[] foreign = [];
        for (int i = 0; i < 300; i++)
        {
            foreign = [.. Directory.GetDirectories("/proc/self/task").Select(t => Foreign(t, home)).OfType<string>()];
            if (foreign.Length == 0)
            {
                return;
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Empty(foreign);
    }

    private static string? Foreign(string task, string home)
    {
        try
        {
            return new FileInfo(task + "/ns/net").LinkTarget is { } place && place != home
                ? $"{place} {File.ReadAllText(task + "/comm").Trim()}" : null;
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return null;
        }
    }
}
