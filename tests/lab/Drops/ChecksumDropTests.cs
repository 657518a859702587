using System.Diagnostics;
using System.Globalization;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Node.Counters;
using VxlanCsum.Node.Drops;
using VxlanCsum.Node.NetworkNamespaces;
using VxlanCsum.Node.Pcap;
using VxlanCsum.Verdicts;

namespace VxlanCsum.LabTests.Drops;

/// <summary>What the kernel drops for its checksum, and nothing else, comes out of Watch-ChecksumDrop.</summary>
public sealed class ChecksumDropTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Watch = "Watch-ChecksumDrop -NetworkNamespace $args[0] -First $args[1] -Duration $args[2]";

    [Theory]
    [InlineData("iptables-nft")]
    [InlineData("ip6tables-nft")]
    public async Task TheFaultIsSeenWithThePortsThatConntrackKnows(string tool)
    {
        using KubeLab lab = KubeLab.Create(v6: tool.StartsWith("ip6", StringComparison.Ordinal));
        lab.Load($"g1.{tool}-save.txt", tool);
        using LiveRun watch = await StartAsync(lab.Far.Name, 1000, 8);
        KubeLabResult sent = lab.Send();
        ChecksumDrop[] drops = Drops((await watch.ResultAsync()).Succeeded());
        Assert.NotEqual(0, sent.ChecksumErrors);
        Assert.All(drops,
            d => Assert.Equal(("UDP_CSUM", "eth0", lab.Far.Name, ChecksumCause.NatLocalChecksum, 1),
                (d.Reason, d.Interface, d.NetworkNamespace, d.Cause, d.Vni)));
        Assert.All(drops, static d => Assert.StartsWith("udp", d.Location!, StringComparison.Ordinal));
        Assert.All(drops,
            d => Assert.Contains(sent.Connections,
                c => c.SourcePort == d.ImpliedOriginalPort && PortOf(d.OuterSource!) == c.NewSourcePort));

        // TCP tries again while nobody counts any more.
        Assert.InRange(drops.Length, sent.ChecksumErrors, sent.ChecksumErrors + 8);
        Assert.Equal(Errors(lab.Far), drops.Length);
    }

    [Fact]
    public async Task DefectAIsSeenFromAnySender()
    {
        using LabTunnel tunnel = LabTunnel.Create();
        using var sender = new SpoiltSender(tunnel.Left, "10.0.10.1", "10.0.10.2");
        using LiveRun watch = await StartAsync(tunnel.Right.Name, 5, 30);
        for (int i = 0; i < 5; i++)
        {
            sender.Send(50000 + i, static _ => 0xffff);
        }

        ChecksumDrop[] drops = Drops((await watch.ResultAsync()).Succeeded());
        Assert.Equal(5, drops.Length);
        Assert.All(drops,
            static d => Assert.Equal((ChecksumCause.NatZeroChecksum, (ushort?)0xffff, 42, "wire"),
                (d.Cause, d.FoundChecksum, d.Vni, d.Interface)));
        Assert.Equal(Enumerable.Range(50000, 5), drops.Select(static d => PortOf(d.OuterSource!)));
        Assert.All(drops, static d => Assert.Null(d.ImpliedOriginalPort));
    }

    [Fact]
    public async Task ANamespaceThatLosesItsNameIsWatchedOn()
    {
        LabNamespace.Require("mount", "umount");
        using LabTunnel tunnel = LabTunnel.Create();
        using var sender = new SpoiltSender(tunnel.Left, "10.0.10.1", "10.0.10.2");
        string alias = "/run/netns/" + tunnel.Right.Name + "-alias";
        await File.WriteAllTextAsync(alias, "", TestContext.Current.CancellationToken);
        LabCommand.Run("mount", "--bind", "/run/netns/" + tunnel.Right.Name, alias);
        LiveRun watch;
        try
        {
            watch = await StartAsync(alias, 2, 30);
        }
        finally
        {
            LabCommand.Run("umount", alias);
            File.Delete(alias);
        }

        using (watch)
        {
            sender.Send(50000, static _ => 0xffff);
            sender.Send(50001, static _ => 0xffff);
            Assert.Equal([50000, 50001],
                Drops((await watch.ResultAsync()).Succeeded()).Select(static d => PortOf(d.OuterSource!)));
        }
    }

    [Fact]
    public async Task ADeviceThatIsRenamedMeanwhileIsWatchedOn()
    {
        using LabTunnel tunnel = LabTunnel.Create();
        using var sender = new SpoiltSender(tunnel.Left, "10.0.10.1", "10.0.10.2");
        using LiveRun watch = await StartAsync(tunnel.Right.Name, 2, 30);
        sender.Send(50000, static _ => 0xffff);
        tunnel.Right.Ip("link", "set", "wire", "down");
        tunnel.Right.Ip("link", "set", "wire", "name", "cable");
        tunnel.Right.Ip("link", "set", "cable", "up");
        Assert.True(SpinWait.SpinUntil(() =>
        {
            sender.Send(50001, static _ => 0xffff);
            return watch.State != System.Management.Automation.PSInvocationState.Running;
        }, TimeSpan.FromSeconds(25)), "nothing came after the renaming");
        ChecksumDrop[] drops = Drops((await watch.ResultAsync()).Succeeded());
        Assert.Equal([50000, 50001], drops.Select(static d => PortOf(d.OuterSource!)));
    }

    [Fact]
    public async Task AHealthyNodeShowsNothing()
    {
        using LabTunnel tunnel = LabTunnel.Create();
        using LiveRun watch = await StartAsync(tunnel.Right.Name, 1000, 3);
        await tunnel.SendAsync(5000);
        SessionResult result = (await watch.ResultAsync()).Succeeded();
        Assert.Empty(result.Values);
        Assert.Empty(result.Warnings);
        Assert.Contains(result.Verbose, static v => v.Contains("dropped 0 packets", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TheFileHoldsThePacketsWithTheirReasons()
    {
        using LabTunnel tunnel = LabTunnel.Create();
        using var folder = new TemporaryFolder();
        string capture = Path.Combine(folder.Path, "drops.pcapng"), metrics = Path.Combine(folder.Path, "drops.prom");
        using var sender = new SpoiltSender(tunnel.Left, "10.0.10.1", "10.0.10.2");
        using LiveRun watch = await LiveRun.StartAsync(engine.Session,
            Watch + " -WriteTo $args[3] -Prometheus $args[4] -PassThru", tunnel.Right.Name, 3, 30, capture, metrics);
        for (int i = 0; i < 3; i++)
        {
            sender.Send(50000, static _ => 0xffff);
        }

        ChecksumDrop[] drops = Drops((await watch.ResultAsync()).Succeeded());
        PacketChecksum[] read = [
            .. engine.Run("param($p) Read-PcapChecksum $p", capture).Values.Cast<PacketChecksum>()];
        Assert.Equal(drops.Select(static d => (d.OuterSource, d.Source, d.FoundChecksum, d.WireLength)),
            read.Select(static p => (p.OuterSource, p.Source, (ushort?)p.Layers[1].Found, p.WireLength)));
        Assert.All(read,
            static p => Assert.StartsWith("dropped: UDP_CSUM at udp", p.Comment!, StringComparison.Ordinal));
        Assert.Contains(
            "vxlancsum_dropped_packets_total{reason=\"UDP_CSUM\",sender=\"10.0.10.1\",vni=\"42\","
                + "cause=\"NatZeroChecksum\"} 3\n", File.ReadAllText(metrics), StringComparison.Ordinal);
        var weighed =
            (VxlanChecksumResult)engine.Run("param($d) $d | Test-VxlanChecksum", [drops]).OnlyOutput.BaseObject;
        Assert.Equal((ChecksumCause.NatZeroChecksum, 3L), (weighed.Cause, weighed.BadPackets));
    }

    [Fact]
    public void WithoutReasonsArithmeticDecides()
    {
        using LabTunnel tunnel = LabTunnel.Create();
        using var sender = new SpoiltSender(tunnel.Left, "10.0.10.1", "10.0.10.2");
        using DropWatch watch = DropWatch.Open(
            new DropWatchOptions(tunnel.Right.Name) { ByArithmetic = true, Duration = TimeSpan.FromSeconds(4) },
            TestContext.Current.CancellationToken);
        sender.Send(50000, static _ => 0xffff);

        // No tunnel has this network: the kernel drops it, and not for its checksum.
        using var other = new SpoiltSender(tunnel.Left, "10.0.10.1", "10.0.10.2", network: 43);
        other.Send(50001, static right => right);
        var seen = new List<(int Port, string? Reason, string? Location)>();
        var walker = new FrameWalker(new TunnelPorts());
        while (watch.TryRead(out CapturedFrame frame))
        {
            seen.Add((walker.Walk(in frame).TunnelSourcePort, watch.Reason, watch.Location));
        }

        (int port, string? reason, string? location) = Assert.Single(seen);
        Assert.Equal((50000, null), (port, reason));
        Assert.StartsWith("udp", location!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-TERM")]
    [InlineData("-HUP")]
    [InlineData("-INT")]
    public async Task EndedAmongDropsItLeavesWholeFiles(string signal)
    {
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
        using LabTunnel tunnel = LabTunnel.Create();
        using var folder = new TemporaryFolder();
        string capture = Path.Combine(folder.Path, "drops.pcapng"), metrics = Path.Combine(folder.Path, "drops.prom");
        using Process process = ShellProcess.Start(["-NoProfile", "-Command",
            $"Watch-ChecksumDrop -NetworkNamespace {tunnel.Right.Name} -WriteTo {capture} -Prometheus {metrics}"]);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(metrics), TimeSpan.FromSeconds(60)), "it did not begin");
        using var sender = new SpoiltSender(tunnel.Left, "10.0.10.1", "10.0.10.2");
        Task sending = Task.Run(() => sender.SendMany(9000, 3000, static right => (ushort)(right ^ 0x0f00)),
            TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => new FileInfo(capture).Length > 100_000, TimeSpan.FromSeconds(60)),
            "nothing was written");
        LabCommand.Run("kill", signal, process.Id.ToString(CultureInfo.InvariantCulture));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await sending;
        Assert.NotEqual(0, process.ExitCode);
        SessionResult read = engine.Run("param($p) (Measure-PcapChecksum $p).Packets", capture).Succeeded();
        long written = (long)read.OnlyOutput.BaseObject;
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"\"}} {written}\n"),
            await File.ReadAllTextAsync(metrics, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    internal static ChecksumDrop[] Drops(SessionResult result) => [.. result.Values.Cast<ChecksumDrop>()];

    private static int PortOf(string endpoint) =>
        int.Parse(endpoint[(endpoint.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);

    internal static long Errors(LabNamespace node) =>
        NetworkNamespace.Within(node.Name, static () => ChecksumCounters.Read())
        .Where(static c => c is { Counter: "InCsumErrors", Protocol: "Udp" or "Udp6" }).Sum(static c => (long)c.Value);

    internal static Task<LiveRun> StartAsync(ModuleSession session, string place, int first, double duration) =>
        LiveRun.StartAsync(session, Watch, place, first, duration);

    private Task<LiveRun> StartAsync(string place, int first, double duration) =>
        StartAsync(engine.Session, place, first, duration);
}
