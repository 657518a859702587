using System.Management.Automation;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.LabTests.Mitigations;
using VxlanCsum.Netfilter.Walking;

namespace VxlanCsum.LabTests.Marks;

/// <summary>Watch-MasqueradeMark before the fault: it sees the encapsulated packet that kept the mark, and leaves
/// nothing behind.</summary>
[Collection(nameof(Alone))]
public sealed class MasqueradeMarkTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Watch = "$n, $j = $args; Watch-MasqueradeMark -NetworkNamespace $n -JournalPath $j ";

    [Theory]
    [InlineData("legacy")]
    [InlineData("nft")]
    public async Task Traced_the_packet_is_seen_before_and_behind_the_tunnel(string backend)
    {
        using var lab = new FaultLab(backend);
        string before = All(lab.Node, lab.Snapshot());
        SessionResult result = await SeenAsync(lab, "-Method Trace -First 2",
            static l => l.Ask(datagrams: 1, connections: 0));
        Assert.Equal(["Inner", "Encapsulated"], result.Property("Layer").Select(Text));
        Assert.Equal(["vx", "up0"], result.Property("OutInterface"));
        Assert.Null(result.Property("InInterface")[0]);
        Assert.Equal(["UDP", "UDP"], result.Property("Protocol"));
        Assert.Equal([5300, 8472], result.Property("DestinationPort"));
        Assert.Equal(["10.244.2.1", "10.0.10.10"], result.Property("Destination").Select(Text));
        Assert.Equal([0x4000u, 0x4000u], result.Property("Mark"));
        Assert.All(result.Property("NetworkNamespace"), n => Assert.Equal(lab.Node.Name, n));
        Assert.Equal(before, All(lab.Node, lab.Snapshot()));
    }

    [Fact]
    public async Task A_tunnel_over_IPv6_is_seen_as_well()
    {
        using var lab = new FaultLab("nft", overIPv6: true);
        SessionResult result = await SeenAsync(lab, "-Method Trace -First 2",
            static l => l.Ask(datagrams: 1, connections: 0));
        Assert.Equal(["Inner", "Encapsulated"], result.Property("Layer").Select(Text));
        Assert.Equal(["10.244.2.1", "fd00:10::10"], result.Property("Destination").Select(Text));
    }

    [Fact]
    public async Task Rules_that_someone_else_took_out_are_said()
    {
        using var lab = new FaultLab("legacy");
        using var setting = new LogSetting();
        using LiveRun run = await LiveRun.StartAsync(engine.Session, Watch + "-Method Log -First 1", lab.Node.Name,
            lab.Journal);
        lab.Node.Run("iptables-legacy", "-w", "20", "-t", "nat", "-D", "POSTROUTING", "1");

        // The same line as the rule's, so that the watch ends.
        string prefix =
            (await File.ReadAllTextAsync(lab.Journal, TestContext.Current.CancellationToken)).Split(
                "0x4000-marked-")[1][..4];
        lab.Node.Run("iptables-legacy", "-w", "20", "-t", "mangle", "-A", "OUTPUT", "-p", "udp", "-j", "LOG",
            "--log-prefix", $"0x4000-marked-{prefix}: ");
        lab.Ask(datagrams: 1, connections: 0);
        Assert.Contains("had been taken out already", Assert.Single((await run.ResultAsync()).Succeeded().Warnings),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_the_tunnel_is_unmarked_only_what_goes_into_it_is_seen()
    {
        using var lab = new FaultLab("nft");
        engine.Session.Apply(lab, MitigationKind.UnmarkTunnel).Succeeded();
        SessionResult result = await SeenAsync(lab, "-Method Trace -First 3",
            static l => l.Ask(datagrams: 3, connections: 0));
        Assert.Equal(["Inner", "Inner", "Inner"], result.Property("Layer").Select(Text));
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("nft")]
    public async Task Logged_the_packets_are_read_from_the_kernels_log(string backend)
    {
        using var setting = new LogSetting();
        using var lab = new FaultLab(backend);
        string before = All(lab.Node, lab.Snapshot());
        using LiveRun run = await LiveRun.StartAsync(engine.Session, Watch + "-First 2", lab.Node.Name, lab.Journal);

        // In front of the jump: what passes is about to be masqueraded.
        string[] rules = [.. lab.Node.Run(lab.Iptables + "-save", "-t", "nat").Split('\n')
            .Where(static l => l.StartsWith("-A POSTROUTING", StringComparison.Ordinal))];
        Assert.Contains("--log-prefix \"0x4000-marked-", rules[0], StringComparison.Ordinal);
        Assert.Contains("-j KUBE-POSTROUTING", rules[1], StringComparison.Ordinal);
        lab.Ask(datagrams: 1, connections: 0);
        SessionResult result = await run.ResultAsync();
        Assert.Equal(["Inner", "Encapsulated"], result.Property("Layer").Select(Text));
        Assert.Equal(["Log", "Log"], result.Property("Method").Select(Text));
        Assert.Equal(["10.244.2.1", "10.0.10.10"], result.Property("Destination").Select(Text));
        Assert.Equal([0x4000u, 0x4000u], result.Property("Mark"));
        Assert.Empty(result.Warnings);
        Assert.Equal(before, All(lab.Node, lab.Snapshot()));
    }

    [Fact]
    public async Task Where_the_kernel_does_not_log_from_the_namespace_that_is_said_and_the_packets_are_traced()
    {
        using var setting = new LogSetting("0");
        using var lab = new FaultLab("nft");
        SessionResult result = await SeenAsync(lab, "-First 1", static l => l.Ask(datagrams: 1, connections: 0));
        Assert.Equal("Trace", Text(result.Property("Method").Single()));
        Assert.Contains("nf_log_all_netns is 0", Assert.Single(result.Warnings), StringComparison.Ordinal);

        using LiveRun logged = await LiveRun.StartAsync(engine.Session, Watch + "-Method Log -Duration 0.2",
            lab.Node.Name, lab.Journal);
        Assert.Contains("Nothing will be seen", Assert.Single((await logged.ResultAsync()).Warnings),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nft-gen1.nft.txt", "Trace")]
    [InlineData("nft-gen1.nft.txt", "Log")]
    public async Task kube_proxys_own_tables_are_watched_by_one_beside_them(string rules, string method)
    {
        using var setting = new LogSetting();
        using KubeLab lab = KubeLab.Create();
        using LabNamespace node = lab.Node, far = lab.Far;
        using var folder = new TemporaryFolder();
        lab.Load(rules, "nft");
        string before = All(node, string.Empty);
        using LiveRun run = await LiveRun.StartAsync(engine.Session, Watch + $"-First 1 -Method {method}", node.Name,
            Path.Combine(folder.Path, "journal.jsonl"));
        Assert.Contains("table inet vxlancsum-watch-", node.Run("nft", "list", "tables"), StringComparison.Ordinal);
        lab.Send();
        SessionResult result = await run.ResultAsync();
        Assert.Equal("Inner", Text(result.Property("Layer").Single()));
        Assert.Equal(method, Text(result.Property("Method").Single()));
        Assert.Equal(before, All(node, string.Empty));
    }

    [Theory]
    [InlineData("-Duration 0.3", "")]
    [InlineData("-First 1", "")]
    [InlineData("", "| ForEach-Object { throw 'enough' }")]
    public async Task However_it_ends_nothing_is_left(string arguments, string rest)
    {
        using var lab = new FaultLab("legacy");
        string before = All(lab.Node, lab.Snapshot());
        using LiveRun run = await LiveRun.StartAsync(engine.Session, Watch + $"-Method Trace {arguments} {rest}",
            lab.Node.Name, lab.Journal);
        lab.Ask(datagrams: 1, connections: 0);
        try
        {
            await run.ResultAsync();
        }
        catch (RuntimeException e) when (e.Message == "enough")
        {
            // What was thrown behind it ends the script.
        }

        Assert.Equal(before, All(lab.Node, lab.Snapshot()));
        Assert.Empty(engine.Session.Undo(lab, "-All").Succeeded().Output);
    }

    [Fact]
    public async Task Stopped_it_leaves_nothing()
    {
        using var lab = new FaultLab("nft");
        string before = All(lab.Node, lab.Snapshot());
        using LiveRun run = await LiveRun.StartAsync(engine.Session, Watch + "-Method Trace", lab.Node.Name,
            lab.Journal);
        Assert.NotEqual(before, All(lab.Node, lab.Snapshot()));

        // A watch that is alive takes back itself what it put in.
        using var other = new ModuleSession();
        Assert.Empty(other.Undo(lab, "-All").Succeeded().Output);
        Assert.NotEqual(before, All(lab.Node, lab.Snapshot()));
        run.Stop();
        Assert.Equal(PSInvocationState.Stopped, run.State);
        Assert.Equal(before, All(lab.Node, lab.Snapshot()));
        Assert.Equal(["journal.jsonl", "journal.jsonl.lock"],
            Directory.EnumerateFiles(Path.GetDirectoryName(lab.Journal)!).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void What_if_shows_the_commands_and_changes_nothing()
    {
        using var lab = new FaultLab("nft");
        string before = All(lab.Node, lab.Snapshot());
        Assert.Empty(engine.Session.Run(Watch + "-Method Trace -WhatIf", lab.Node.Name, lab.Journal)
            .Succeeded().Output);
        Assert.Equal(before, All(lab.Node, lab.Snapshot()));
        Assert.False(File.Exists(lab.Journal));
    }

    [Fact]
    public void Without_rules_of_kube_proxy_there_is_nothing_to_watch()
    {
        using LabNamespace empty = LabNamespace.Create();
        using var folder = new TemporaryFolder();
        Assert.Equal(["MarkRulesNotFound"],
            engine.Session.Run(Watch, empty.Name, Path.Combine(folder.Path, "journal.jsonl")).ErrorIds);
    }

    private async Task<SessionResult> SeenAsync(FaultLab lab, string arguments, Action<FaultLab> send)
    {
        using LiveRun run = await LiveRun.StartAsync(engine.Session, Watch + arguments, lab.Node.Name, lab.Journal);
        send(lab);
        return (await run.ResultAsync()).Succeeded();
    }

    internal static string All(LabNamespace node, string snapshot) => snapshot + node.Run("nft", "list", "tables");

    private static string Text(object? value) => value!.ToString()!;
}
