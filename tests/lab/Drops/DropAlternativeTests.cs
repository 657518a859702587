using System.Diagnostics;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Node.Drops;
using VxlanCsum.Node.Errors;

namespace VxlanCsum.LabTests.Drops;

/// <summary>Where drops cannot be watched, it is said why, and only what works there is offered.</summary>
[Collection(nameof(Alone))]
public sealed class DropAlternativeTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Counters = "Get-ChecksumErrorCounter -Interval 10 -Count 1",
        Capture = "Test-VxlanChecksum -Interface", Tracing = "/sys/kernel/tracing/events/skb/kfree_skb";

    private const string Script =
        "Watch-ChecksumDrop -Duration 1 -ErrorAction SilentlyContinue -ErrorVariable e; "
        + "($e.FullyQualifiedErrorId -split ',')[0]; $e.Exception.Problem; $e.ErrorDetails.RecommendedAction";

    [Fact]
    public void WithoutAnyCapabilityTheCountersAreLeft()
    {
        LabNamespace.Require();
        NodeException? refused = null;
        LabPrivileges.RunWithoutCapabilities(
            () => refused = Record.Exception(
                () => DropWatch.Open(new DropWatchOptions(null),
                    TestContext.Current.CancellationToken)) as NodeException);
        Assert.Equal("DropWatchPermission", refused?.ErrorId);
        Assert.Contains("CAP_BPF and CAP_PERFMON", refused!.Problem, StringComparison.Ordinal);
        Assert.EndsWith($"What works here: {Counters} counts the drops.", refused.Advice!, StringComparison.Ordinal);
    }

    [Fact]
    public void WhoMayCaptureIsOfferedACapture()
    {
        string said = Shell("setpriv", "--bounding-set=-all,+net_raw", "--inh-caps=-all");
        Assert.StartsWith("DropWatchPermission\n", said, StringComparison.Ordinal);
        Assert.Contains(Counters, said, StringComparison.Ordinal);
        Assert.Contains(Capture, said, StringComparison.Ordinal);
        Assert.DoesNotContain("events/skb", said, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutTypesOfTheKernelTheTracerIsOfferedToo()
    {
        string said = Shell("unshare", "-m", "sh", "-c",
            "mount -t tmpfs none /sys/kernel/btf && mount -t tracefs none /sys/kernel/tracing && exec \"$@\"", "sh");
        Assert.StartsWith(
            "DropWatchUnsupported\nThis kernel does not describe its types: there is no /sys/kernel/btf/vmlinux.", said,
            StringComparison.Ordinal);
        Assert.Contains(Counters, said, StringComparison.Ordinal);
        Assert.Contains(Capture, said, StringComparison.Ordinal);
        Assert.Contains(Tracing, said, StringComparison.Ordinal);
        Assert.DoesNotContain("add the capabilities", said, StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedTypesOfTheKernelAreToldAsSuch()
    {
        string said = Shell("unshare", "-m", "sh", "-c",
            "mount -t tmpfs none /sys/kernel/btf && head -c 4000 /bin/sh > /sys/kernel/btf/vmlinux && exec \"$@\"",
            "sh");
        Assert.StartsWith("DropWatchUnsupported\n/sys/kernel/btf/vmlinux cannot be used: ", said,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheCaptureThatIsOfferedNamesTheCause()
    {
        using LabTunnel tunnel = LabTunnel.Create();
        using var sender = new SpoiltSender(tunnel.Left, "10.0.10.1", "10.0.10.2");
        string offered = DropAlternatives.Sentence(),
            command = offered[offered.IndexOf(Capture, StringComparison.Ordinal)..];
        command = command[..command.IndexOf(" names the cause", StringComparison.Ordinal)]
            .Replace("-Duration 60", "-First 5 -NetworkNamespace $args[0]", StringComparison.Ordinal);
        using LiveRun run = await LiveRun.StartAsync(engine.Session, command, tunnel.Right.Name);
        for (int i = 0; i < 5; i++)
        {
            sender.Send(50000 + i, static _ => 0xffff);
        }

        var result = (VxlanChecksumResult)(await run.ResultAsync()).Succeeded().OnlyOutput.BaseObject;
        Assert.Equal(("10.0.10.1", ChecksumCause.NatZeroChecksum), (result.OuterSource, result.Cause));
    }

    /// <summary>The commands of docs/dropped-packets.md for the kernel's tracer, as they stand there.</summary>
    [Fact]
    public async Task TheTracersCommandsTellWhereAndWhy()
    {
        using LabTunnel tunnel = LabTunnel.Create();
        using var sender = new SpoiltSender(tunnel.Left, "10.0.10.1", "10.0.10.2");
        string page = await File.ReadAllTextAsync(Repository.PathOf("docs", "dropped-packets.md"),
            TestContext.Current.CancellationToken);
        string commands = page.Split("```sh tracing\n")[1].Split("```")[0];
        Task<string> told = Task.Run(() => LabCommand.Run("unshare", "-m", "sh", "-c",
            "mount -t tracefs none /sys/kernel/tracing && " + commands));
        long start = Stopwatch.GetTimestamp();
        while (!told.IsCompleted && Stopwatch.GetElapsedTime(start).TotalSeconds < 60)
        {
            sender.Send(50000, static _ => 0xffff);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Matches("[0-9]+ location=udp[^\n]* reason: UDP_CSUM\n", await told);
    }

    private static string Shell(params string[] place)
    {
        LabNamespace.Require("setpriv", "unshare", "mount");
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        return LabCommand.Run(place[0],
            [.. place[1..], ShellProcess.Executable, "-NoLogo", "-NoProfile", "-NonInteractive", "-Command", Script]);
    }
}
