using VxlanCsum.Captures.Files;
using VxlanCsum.Clusters;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;
using Xunit;

namespace VxlanCsum.UnitTests.Netfilter;

/// <summary>Every form of the rules that real tools printed, and what was measured for each
/// (tests/data/rules/README.md).</summary>
public sealed class ScenarioTests
{
    private static readonly string[] s_tools = ["iptables-legacy", "iptables-nft", "ip6tables-legacy", "ip6tables-nft"];

    public static TheoryData<string, string, TraceVerdict, string?> Scenarios()
    {
        (string Name, TraceVerdict Verdict, string? Offender)[] all =
        [
            ("g0", TraceVerdict.Safe, null),
            ("g1", TraceVerdict.DoubleSnatWithRandomPort, "KUBE-POSTROUTING 1"),
            ("g2", TraceVerdict.Safe, null),
            ("g2-counters", TraceVerdict.Safe, null),
            ("stale-g1-before-g2", TraceVerdict.DoubleSnatWithRandomPort, "KUBE-POSTROUTING 1"),
            ("masquerade-before-jump", TraceVerdict.DoubleSnatWithRandomPort, "POSTROUTING 1"),

            // The mark stays on, and the tunnel's packet then reaches the masquerading rule: its first and only SNAT.
            ("accept-before-jump", TraceVerdict.DoubleSnatWithRandomPort, "POSTROUTING 1"),
            ("g1-mark-0x40", TraceVerdict.DoubleSnatWithRandomPort, "KUBE-POSTROUTING 1"),
            ("g2-mark-0x40", TraceVerdict.Safe, null),
            ("fix-notrack", TraceVerdict.Safe, null),
            ("fix-accept", TraceVerdict.Safe, null),
            ("fix-unmark-output", TraceVerdict.Safe, null),
            ("fix-unmark-postrouting", TraceVerdict.Safe, null),
            ("fix-g0-first", TraceVerdict.Safe, null),
            ("fix-no-jump", TraceVerdict.Safe, null),
            ("ipvs", TraceVerdict.Safe, null),
        ];
        var data = new TheoryData<string, string, TraceVerdict, string?>();
        foreach ((string name, TraceVerdict verdict, string? offender) in all)
        {
            foreach (string tool in s_tools)
            {
                data.Add(name, tool, verdict, offender);
            }
        }

        foreach ((string name, TraceVerdict verdict, string? offender) in ((string, TraceVerdict, string?)[])
        [
            ("flannel-after-g2", TraceVerdict.Safe, null),
            ("flannel-before-g2", TraceVerdict.Safe, null),
            ("flannel-old-before-g2", TraceVerdict.DoubleSnatWithRandomPort, "POSTROUTING 4"),
            ("flannel-after-g1", TraceVerdict.DoubleSnatWithRandomPort, "KUBE-POSTROUTING 1"),
            ("calico-before-g2", TraceVerdict.DoubleSnatWithRandomPort, "cali-POSTROUTING 3"),
            ("calico-after-g2", TraceVerdict.Safe, null),
        ])
        {
            data.Add(name, "iptables-legacy", verdict, offender);
            data.Add(name, "iptables-nft", verdict, offender);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void ComesOutAsMeasured(string scenario, string tool, TraceVerdict verdict, string? offender)
    {
        NetfilterRuleset rules = Rulesets.Recorded($"{scenario}.{tool}-save.txt");
        Assert.Empty(rules.Problems);
        NetfilterFamily family = tool.StartsWith("ip6", StringComparison.Ordinal) ? NetfilterFamily.IPv6
            : NetfilterFamily.IPv4;
        Assert.All(rules.Tables, t => Assert.Equal(family, t.Family));
        Assert.All(rules.Tables,
            t => Assert.Equal(tool.EndsWith("nft", StringComparison.Ordinal) ? NetfilterBackend.IptablesNft
                : NetfilterBackend.IptablesLegacy, t.Backend));
        RuleTrace trace = Rulesets.Trace(rules, new TraceRequest { Family = family });
        Assert.True(verdict == trace.Verdict, $"{trace.Verdict}: {trace.Explanation}\n{trace.Walk}");
        Assert.Equal(offender, trace.OffendingRule is { } rule ? $"{rule.Chain} {rule.Number}" : null);
        Assert.NotEmpty(trace.Explanation);
    }

    [Theory]
    [InlineData("fix-accept-uplink.iptables-legacy-save.txt")]
    [InlineData("fix-accept-uplink.iptables-nft-save.txt")]
    public void AcceptOnTheUplinkCuresWhereTheTunnelLeavesByIt(string file)
    {
        NetfilterRuleset rules = Rulesets.Recorded(file);
        Assert.Equal(TraceVerdict.Safe,
            Rulesets.Trace(rules, new TraceRequest { TunnelDevice = "flannel.1", Uplink = "eth0" }).Verdict);
        Assert.Equal(TraceVerdict.DoubleSnatWithRandomPort,
            Rulesets.Trace(rules, new TraceRequest { TunnelDevice = "flannel.1", Uplink = "eth1" }).Verdict);

        // Without a word about devices it depends, and that is said.
        RuleTrace open = Rulesets.Trace(rules);
        Assert.Equal(TraceVerdict.Undecided, open.Verdict);
        Assert.Contains("eth0", open.Explanation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nft-gen1", TraceVerdict.Safe)]
    [InlineData("nft-gen2", TraceVerdict.Safe)]
    [InlineData("nft-never-cleared", TraceVerdict.DoubleSnatWithRandomPort)]
    public void KubeProxysOwnTables(string name, TraceVerdict verdict)
    {
        foreach (string form in (string[])[".nft.txt", ".nft.json", "-handles.nft.txt"])
        {
            foreach (NetfilterFamily family in (NetfilterFamily[])[NetfilterFamily.IPv4, NetfilterFamily.IPv6])
            {
                NetfilterRuleset rules = Rulesets.Recorded(name + form);
                Assert.Empty(rules.Problems);
                RuleTrace trace = Rulesets.Trace(rules, new TraceRequest { Family = family });
                Assert.True(verdict == trace.Verdict,
                    $"{form} {family} {trace.Verdict}: {trace.Explanation}\n{trace.Walk}");
                Assert.Equal(0x4000u, trace.MasqueradeMark);
            }
        }
    }

    [Fact]
    public void ASetIsReadFromIpsetSave()
    {
        // With the set's members known, and the packet a pod's to itself, the hairpin rule matches and ends the walk.
        NetfilterRuleset rules = Rulesets.Recorded("ipvs.iptables-nft-save.txt", "ipvs.iptables-nft-ipset.txt");
        var hairpin = new TraceRequest
        {
            Source = System.Net.IPAddress.Parse("10.244.1.5"),
            Destination = System.Net.IPAddress.Parse("10.244.1.5"),
            Protocol = "udp",
            DestinationPort = 53,
            Mark = 0x4000,
        };
        Assert.Equal(RuleGeneration.IpvsHairpin, Rulesets.Trace(rules, hairpin).OffendingRule?.Generation);
        Assert.Equal(TraceVerdict.Safe, Rulesets.Trace(rules, hairpin with { Mark = 0 }).Verdict);
        Assert.Equal(TraceVerdict.Safe, Rulesets.Trace(rules, hairpin with { DestinationPort = 54 }).Verdict);
        Assert.Equal(TraceVerdict.Safe,
            Rulesets.Trace(rules, hairpin with { Source = System.Net.IPAddress.Parse("10.244.1.6") }).Verdict);
    }

    [Fact]
    public void TheOrderOfBothBackendsDecidesAndIsSaid()
    {
        NetfilterRuleset rules = Rulesets.Recorded("both-stale-legacy.txt");
        Assert.Equal(2, rules.Tables.Count);
        RuleTrace open = Rulesets.Trace(rules);
        Assert.Equal(TraceVerdict.Undecided, open.Verdict);
        Assert.Contains("iptables-legacy, then iptables-nft", open.Explanation, StringComparison.Ordinal);
        TraceVerdict Asked(params NetfilterBackend[] order) =>
            Rulesets.Trace(rules, new TraceRequest { BackendOrder = order }).Verdict;
        Assert.Equal(TraceVerdict.DoubleSnatWithRandomPort,
            Asked(NetfilterBackend.IptablesLegacy, NetfilterBackend.IptablesNft));
        Assert.Equal(TraceVerdict.Safe, Asked(NetfilterBackend.IptablesNft, NetfilterBackend.IptablesLegacy));
    }

    [Fact]
    public void TheLaterTableOfNftablesIsAskedFirst()
    {
        // kube-proxy's table was made after iptables-nft's, so it clears the mark before the stale rule sees it.
        NetfilterRuleset rules = Rulesets.Recorded("nft-after-iptables-nft.nft.json",
            "nft-after-iptables-nft.iptables-nft-save.txt");
        Assert.Single(rules.Tables, static t => t is { Name: "nat", Family: NetfilterFamily.IPv4 });
        Assert.Equal(TraceVerdict.Safe, Rulesets.Trace(rules).Verdict);
    }

    [Theory]
    [InlineData("g2.iptables-nft-S.txt")]
    [InlineData("g2-verbose.iptables-legacy-S.txt")]
    [InlineData("g2-verbose.iptables-nft-S.txt")]
    [InlineData("g2-chain.iptables-nft-S.txt")]
    [InlineData("g2-chain.ip6tables-legacy-S.txt")]
    public void ListingsWithoutATableNameAreOfNat(string file)
    {
        NetfilterRuleset rules = Rulesets.Recorded(file);
        Assert.Empty(rules.Problems);
        NetfilterTable table = Assert.Single(rules.Tables);
        Assert.Equal("nat", table.Name);
        Assert.Equal(TraceVerdict.Safe, Rulesets.Trace(rules, new TraceRequest { Family = table.Family }).Verdict);
    }
}
