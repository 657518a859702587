using VxlanCsum.Clusters;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Netfilter.Iptables;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using Xunit;

namespace VxlanCsum.LabTests;

/// <summary>
/// The walk against the kernel: each ruleset is loaded with the real tool, service traffic is sent, and the walk must
/// have
/// said what happened: which rules counted, which port the tunnel's packets left with, and whether the far end dropped
/// them.
/// </summary>
[Long]
public sealed class KubePostroutingTests
{
    private static readonly string[] s_tools = ["iptables-legacy", "iptables-nft"];

    public static TheoryData<string, string> Rulesets()
    {
        var data = new TheoryData<string, string>();
        foreach (string tool in s_tools)
        {
            foreach (string scenario in (string[])
            [
                "g0", "g1", "g2", "stale-g1-before-g2", "masquerade-before-jump", "accept-before-jump", "g1-mark-0x40",
                "g2-mark-0x40", "ipvs",
                "fix-notrack", "fix-accept", "fix-accept-uplink", "fix-unmark-output", "fix-unmark-postrouting",
                "fix-g0-first", "fix-no-jump",
                "flannel-after-g1", "flannel-after-g2", "flannel-before-g2", "flannel-old-before-g2",
                "calico-before-g2", "calico-after-g2",
            ])
            {
                data.Add(scenario, tool);
            }

            foreach (string scenario in (string[])["g0", "g1", "g2", "stale-g1-before-g2", "masquerade-before-jump",
                "fix-notrack", "fix-accept", "fix-unmark-output", "fix-g0-first", "ipvs"])
            {
                data.Add(scenario, "ip6" + tool[2..]);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Rulesets))]
    public void TheWalkPredictsTheKernel(string scenario, string tool)
    {
        using KubeLab lab = KubeLab.Create(v6: tool.StartsWith("ip6", StringComparison.Ordinal),
            device: KubeLab.DeviceOf(scenario));
        lab.LoadSets(scenario, tool);
        lab.Load($"{scenario}.{tool}-save.txt", tool);
        Check(lab);
    }

    [Theory]
    [InlineData("nft-gen1.nft.txt", false)]
    [InlineData("nft-gen2.nft.txt", false)]
    [InlineData("nft-never-cleared.nft.txt", false)]
    [InlineData("nft-gen1.nft.txt", true)]
    [InlineData("nft-never-cleared.nft.txt", true)]
    public void TheWalkPredictsTheKernelInNftablesMode(string file, bool v6)
    {
        using KubeLab lab = KubeLab.Create(v6);
        lab.Load(file, "nft");
        Check(lab);
    }

    [Theory]
    [InlineData("iptables-legacy")]
    [InlineData("iptables-nft")]
    public void ATunnelAddressThatMasqueradeDoesNotChooseIsChanged(string tool)
    {
        using KubeLab lab = KubeLab.Create(secondary: true);
        lab.Load($"g0.{tool}-save.txt", tool);
        Assert.Equal(TraceVerdict.DoubleSnat, Check(lab));
    }

    /// <summary>nat chains of two engines: the one that was registered last is asked first, and no rule tells which
    /// that is.</summary>
    [Theory]
    [InlineData("iptables-legacy", "g1", "iptables-nft", "g2")]
    [InlineData("iptables-nft", "g2", "iptables-legacy", "g1")]
    [InlineData("iptables-legacy", "g2", "iptables-nft", "g1")]
    [InlineData("iptables-nft", "g1", "iptables-legacy", "g2")]
    public void BothEnginesHoldRules(string first, string firstRules, string second, string secondRules)
    {
        using KubeLab lab = KubeLab.Create();
        lab.Load($"{firstRules}.{first}-save.txt", first);
        lab.Load($"{secondRules}.{second}-save.txt", second);
        NetfilterRuleset rules = lab.ReadRules();
        NetfilterBackend[] order = second == "iptables-legacy"
            ? [NetfilterBackend.IptablesLegacy, NetfilterBackend.IptablesNft]
            : [NetfilterBackend.IptablesNft, NetfilterBackend.IptablesLegacy];
        TraceVerdict told = lab.TraceByDefault(rules, order).Verdict;
        Assert.Equal(TraceVerdict.Undecided, lab.TraceByDefault(rules).Verdict);
        Same(told, lab.Send());
    }

    /// <summary>ACCEPT ends one engine's nat, and the other is asked all the same.</summary>
    [Theory]
    [InlineData("iptables-legacy", "iptables-nft")]
    [InlineData("iptables-nft", "iptables-legacy")]
    public void AcceptInTheOtherEngineDoesNotHelp(string kube, string accept)
    {
        using KubeLab lab = KubeLab.Create();
        lab.Load($"g1.{kube}-save.txt", kube);
        lab.Node.Run(accept, "-t", "nat", "-I", "POSTROUTING", "-p", "udp", "--dport", "8472", "-j", "ACCEPT");
        Assert.Equal(TraceVerdict.DoubleSnatWithRandomPort, Check(lab));
    }

    /// <summary>kube-proxy's own table beside a stale one of iptables-nft: the one made later is asked first.</summary>
    [Theory]
    [InlineData(true, TraceVerdict.Safe)]
    [InlineData(false, TraceVerdict.DoubleSnatWithRandomPort)]
    public void TablesOfNftablesAreAskedLastMadeFirst(bool kubeProxyLast, TraceVerdict verdict)
    {
        using KubeLab lab = KubeLab.Create();
        if (!kubeProxyLast)
        {
            lab.Load("nft-gen1.nft.txt", "nft");
        }

        lab.Load("g1.iptables-nft-save.txt", "iptables-nft");
        if (kubeProxyLast)
        {
            lab.Load("nft-gen1.nft.txt", "nft");
        }

        Assert.Equal(verdict, Check(lab, counters: false));
    }

    [Fact]
    public void EveryRecordedRulesetIsWrittenAsRestoreAccepts()
    {
        using KubeLab lab = KubeLab.Create();
        string file = Path.GetTempFileName();
        try
        {
            foreach (string recorded in Directory.GetFiles(Path.GetDirectoryName(KubeLab.PathOf("g0"))!, "*-save.txt"))
            {
                string tool = Path.GetFileName(recorded).Split('.')[^2][..^"-save".Length];
                var reader = new RulesetReader();
                using (FileStream stream = File.OpenRead(recorded))
                {
                    reader.Read(stream, recorded);
                }

                NetfilterRuleset rules = reader.Build();
                foreach (string set in rules.Rules.Select(static r => r.MatchSet).OfType<string>()
                    .SelectMany(static s => s.Split(", ")).Select(static s => s.TrimStart('!', ' ').Split(' ')[0])
                    .Distinct())
                {
                    string type = set == "KUBE-LOOP-BACK" ? "hash:ip,port,ip" : "hash:net";
                    string setFamily = tool.StartsWith("ip6", StringComparison.Ordinal) ? "inet6" : "inet";
                    lab.Node.TryRun("ipset", "destroy", set);
                    lab.Node.Run("ipset", "create", set, type, "family", setFamily);
                }

                var output = new System.Buffers.ArrayBufferWriter<byte>();
                foreach (NetfilterTable table in rules.Tables)
                {
                    RulePrinter.Write(output, table);
                }

                File.WriteAllBytes(file, output.WrittenSpan.ToArray());
                LabCommandResult result = lab.Node.TryRun($"{tool}-restore", "--test", file);
                Assert.True(result.ExitCode == 0, $"{Path.GetFileName(recorded)}: {result.Error}");
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static TraceVerdict Check(KubeLab lab, bool counters = true)
    {
        NetfilterRuleset rules = lab.ReadRules();
        RuleTrace udp = lab.Trace(rules, "udp"), tcp = lab.Trace(rules, "tcp"), marked = lab.TraceByDefault(rules),
            unmarked = lab.TraceUnmarked(rules);
        KubeLabResult kernel = lab.Send();
        Assert.True(udp.Verdict == kernel.Verdict,
            $"said {udp.Verdict}: {udp.Explanation}\nkernel {kernel.Verdict}: "
            + $"{string.Join(", ", kernel.Connections)}\n{udp.Walk}");
        Assert.Equal(udp.Verdict, tcp.Verdict);
        Assert.Equal(udp.Verdict, marked.Verdict);
        Same(udp.Verdict, kernel);
        if (counters)
        {
            Counters(lab.ReadRules(), [udp, tcp, unmarked]);
        }

        return udp.Verdict;
    }

    private static void Same(TraceVerdict told, KubeLabResult kernel)
    {
        bool faulty = told != TraceVerdict.Safe;
        Assert.Equal(told, kernel.Verdict);
        Assert.NotEmpty(kernel.Ports);

        // What arrived has the port that conntrack chose; and is dropped exactly where something was changed.
        Assert.True(faulty == kernel.ChecksumErrors > 0,
            $"{told}, {kernel.ChecksumErrors} checksum errors at the far end");
        foreach (KubeLabConnection connection in kernel.Connections.Where(static c => c.PortChanged))
        {
            Assert.Contains(connection.NewSourcePort, kernel.Ports);
            Assert.DoesNotContain(connection.SourcePort, kernel.Ports);
        }
    }

    /// <summary>The rules that counted packets are those that the walks said match.</summary>
    private static void Counters(NetfilterRuleset after, RuleTrace[] traces)
    {
        static string Key(NetfilterRule rule) =>
            $"{rule.Backend} {rule.Family} {rule.Table} {rule.Chain} {rule.Number}: {rule.Text}";
        string[] told = [.. traces.SelectMany(static t => t.Steps)
            .Where(static s => s.Outcome == TraceOutcome.Match && s.Rule?.Packets is not null)
            .Select(static s => Key(s.Rule!)).Distinct().Order(StringComparer.Ordinal)];
        string[] reached = [.. traces.SelectMany(static t => t.Steps).Where(static s => s.Chain is not null)
            .Select(static s => $"{s.Backend} {s.Table} {s.Chain}").Distinct()];
        string[] counted = [.. after.Rules.Where(static r => r.Packets > 0)
            .Where(r => reached.Contains($"{r.Backend} {r.Table} {r.Chain}")).Select(Key)
            .Order(StringComparer.Ordinal)];
        Assert.Equal(told, counted);
    }
}
