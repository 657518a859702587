using System.Diagnostics;
using System.Management.Automation;
using VxlanCsum.Captures.Files;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Node.Errors;

namespace VxlanCsum.LabTests;

public sealed class LiveCaptureTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Tunnelled = "udp port 4789";

    [Theory]
    [InlineData("pcap")]
    [InlineData("pcapng")]
    public async Task TenThousandPacketsAtBothEndsLoseNoneAndReadTheSameFromTheFile(string format)
    {
        const int Count = 10_000;
        using LabTunnel tunnel = LabTunnel.Create();
        string[] files = [Path.GetTempFileName() + "." + format, Path.GetTempFileName() + "." + format];
        using ModuleSession left = new(), right = new();
        try
        {
            const string Script =
                "Read-PcapChecksum -Interface wire -NetworkNamespace $args[0] -Filter $args[1] -First $args[2] "
                + "-Duration 50 -WriteTo $args[3]";
            using LiveRun sent = await LiveRun.StartAsync(left, Script, tunnel.Left.Name, Tunnelled, Count, files[0]);
            using LiveRun received = await LiveRun.StartAsync(right, Script, tunnel.Right.Name, Tunnelled, Count,
                files[1]);
            await tunnel.SendAsync(Count);
            SessionResult[] results = [await sent.ResultAsync(), await received.ResultAsync()];
            for (int end = 0; end < 2; end++)
            {
                PacketChecksum[] live = [.. results[end].Values.Cast<PacketChecksum>()];
                Assert.True(live.Length == Count, live.Length + string.Join('\n', results[end].Verbose));
                Assert.Empty(results[end].Warnings);
                Assert.Equal(Enumerable.Range(1, Count).Select(n => (long)n), live.Select(p => p.FrameNumber));
                Assert.All(live, p => Assert.Equal(("wire", 42), (p.Interface, p.Vni)));

                // One unfinished checksum in 65535 is right by chance.
                Assert.InRange(live.Count(p => p.Status == ChecksumStatus.Partial), Count - 5, Count);
                Assert.Contains(live, p => p.TimestampNanoseconds % 1000 != 0);
                PacketChecksum[] saved = [
                    .. engine.Run("Read-PcapChecksum -LiteralPath $args[0]", files[end]).Values.Cast<PacketChecksum>()];
                Assert.Equal(live.Select(Facts), saved.Select(Facts));
            }
        }
        finally
        {
            Array.ForEach(files, File.Delete);
        }
    }

    [Theory]
    [InlineData(true, "wire", CaptureVantage.Sender, TunnelType.Vxlan)]
    [InlineData(false, "wire", CaptureVantage.Receiver, TunnelType.Vxlan)]
    [InlineData(true, "vx", CaptureVantage.TunnelDevice, TunnelType.None)]
    [InlineData(false, "vx", CaptureVantage.TunnelDevice, TunnelType.None)]
    public async Task ThePlaceOfTheCaptureIsKnown(bool atSender, string device, CaptureVantage vantage, TunnelType type)
    {
        using LabTunnel tunnel = LabTunnel.Create();
        LabNamespace node = atSender ? tunnel.Left : tunnel.Right;
        using LiveRun test = await LiveRun.StartAsync(engine.Session,
            "Test-VxlanChecksum -Interface $args[0] -NetworkNamespace $args[1] -First 50 -Filter udp", device,
            node.Name);
        await tunnel.SendAsync(50);
        var result = (VxlanChecksumResult)(await test.ResultAsync()).OnlyOutput.BaseObject;
        Assert.Equal((vantage, type, 50L), (result.Vantage, result.TunnelType, result.Packets));
        Assert.False(result.IsFault);
        Assert.Equal(device, result.Path);
    }

    [Fact]
    public async Task ATimedCaptureIsSummedUp()
    {
        using LabTunnel tunnel = LabTunnel.Create();
        using LiveRun measure = await LiveRun.StartAsync(engine.Session,
            "Measure-PcapChecksum -Interface wire -NetworkNamespace $args[0] -Duration 5 -Filter $args[1]",
            tunnel.Right.Name, Tunnelled);
        await tunnel.SendAsync(300);
        var summary = (CaptureSummary)(await measure.ResultAsync()).OnlyOutput.BaseObject;
        Assert.Equal(("wire", 300L, 0L, true), (summary.Path, summary.Packets, summary.Dropped, summary.Complete));
        Assert.InRange(summary.Partial, 297, 300);
    }

    [Fact]
    public async Task TheFilterAndTheSnapLengthAreTheKernels()
    {
        using LabTunnel tunnel = LabTunnel.Create();
        using LiveRun reading = await LiveRun.StartAsync(engine.Session,
            "Read-PcapChecksum -Interface vx -NetworkNamespace $args[0] -First 5 -SnapLength 60 -Filter 'udp port "
            + "5300 and greater 200'", tunnel.Right.Name);
        await tunnel.SendAsync(40);
        PacketChecksum[] packets = [.. (await reading.ResultAsync()).Values.Cast<PacketChecksum>()];
        Assert.Equal(5, packets.Length);
        Assert.All(packets, p => Assert.InRange(p.CapturedLength, 42, 60));
        Assert.All(packets, p => Assert.InRange(p.WireLength, 200, 1400));
    }

    [Fact]
    public async Task ASlowPipelineLosesNothing()
    {
        const int Count = 6000;
        using LabTunnel tunnel = LabTunnel.Create();
        const string Script = """
            $n = 0
            Read-PcapChecksum -Interface wire -NetworkNamespace $args[0] -Filter $args[1] -First $args[2] -Duration 50 | ForEach-Object {
                if ($n++ -lt 20) { [System.Threading.Tasks.Task]::Delay(50).Wait() }
                $_.FrameNumber
            }
            """;
        using LiveRun reading = await LiveRun.StartAsync(engine.Session, Script, tunnel.Right.Name, Tunnelled, Count);
        await tunnel.SendAsync(Count);
        SessionResult result = await reading.ResultAsync();
        Assert.True(result.Values.Count == Count, result.Values.Count + string.Join('\n', result.Verbose));
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public async Task AnInterfaceThatVanishesEndsTheCaptureAndWhatCameBeforeIsDelivered()
    {
        using LabTunnel tunnel = LabTunnel.Create();
        using LiveRun reading = await LiveRun.StartAsync(engine.Session,
            "Read-PcapChecksum -Interface vx -NetworkNamespace $args[0] -Filter udp", tunnel.Right.Name);
        await tunnel.SendAsync(25);
        tunnel.Right.Ip("link", "del", "vx");
        SessionResult result = await reading.ResultAsync();
        Assert.Equal([NodeErrorId.LiveCaptureEnded], result.ErrorIds);
        Assert.Equal(25, result.Output.Count);
    }

    [Fact]
    public async Task ATestThatAVanishedInterfaceCutShortIsNotWell()
    {
        using LabTunnel tunnel = LabTunnel.Create();
        using LiveRun test = await LiveRun.StartAsync(engine.Session,
            "Test-VxlanChecksum -Interface vx -NetworkNamespace $args[0] -Filter udp -Quiet", tunnel.Right.Name);
        await tunnel.SendAsync(25);
        tunnel.Right.Ip("link", "del", "vx");
        SessionResult result = await test.ResultAsync();
        Assert.Equal([NodeErrorId.LiveCaptureEnded], result.ErrorIds);
        Assert.Equal([false], result.Output.Select(o => o.BaseObject));
    }

    [Fact]
    public void WithoutTheCapabilityTheErrorNamesIt()
    {
        using LabNamespace lab = LabNamespace.Create();
        string[] said = LabPrivileges.RunShellWithoutCapabilities(lab, """
            $refused = $null
            Read-PcapChecksum -Interface lo -Duration 1 -ErrorAction SilentlyContinue -ErrorVariable refused
            $refused.FullyQualifiedErrorId
            $refused.ErrorDetails.Message
            $refused.ErrorDetails.RecommendedAction
            """);
        Assert.Equal(3, said.Length);
        Assert.StartsWith(NodeErrorId.LiveCapturePermission + ",", said[0], StringComparison.Ordinal);
        Assert.Contains("CAP_NET_RAW", said[1], StringComparison.Ordinal);
        Assert.Contains("sudo", said[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatTheKernelDropsIsReported()
    {
        const int Count = 90_000;
        using LabTunnel tunnel = LabTunnel.Create();
        string command =
            $"$s = Measure-PcapChecksum -Interface wire -NetworkNamespace {tunnel.Right.Name} -Filter '{Tunnelled}' "
            + $"-Duration 40 -Verbose; \"$($s.Packets) $($s.Dropped)\"";
        using Process process = ShellProcess.Start(["-NoLogo", "-NonInteractive", "-Command", command]);
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line
            && !line.Contains("Capturing on", StringComparison.Ordinal))
        {
        }

        // Nobody takes the frames while the process stands still, and the kernel has room for some 40,000.
        LabCommand.Run("kill", "-STOP", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await tunnel.SendAsync(Count);
        LabCommand.Run("kill", "-CONT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        ShellResult result = await ShellProcess.FinishAsync(process);
        int[] counts = [.. result.Lines[^1].Split(' ').Select(int.Parse)];
        Assert.InRange(counts[1], 1, Count - 1);
        Assert.Equal(Count, counts[0] + counts[1]);
        Assert.Contains($"{counts[1]} packets were dropped by the kernel", result.Output + result.Errors,
            StringComparison.Ordinal);
    }

    private static string Facts(PacketChecksum packet) =>
        $"{packet.FrameNumber} {packet.TimestampNanoseconds} {packet.CapturedLength}/{packet.WireLength} "
        + $"{packet.OuterSource} > {packet.OuterDestination} "
        + $"{packet.Source} > {packet.Destination} {packet.Vni} {packet.Status} {packet.Cause} "
        + $"{string.Join(' ', packet.Layers)}";
}
