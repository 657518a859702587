using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;
using Xunit;

namespace VxlanCsum.UnitTests.Netfilter;

/// <summary>iptables -L, and what people put around rules when they paste them.</summary>
public sealed class ListingTests
{
    private const string Snat = "/* kubernetes service traffic requiring SNAT */";

    private const string G2 = $$"""
        root@node:~# iptables -t nat -L -n -v --line-numbers
        Chain PREROUTING (policy ACCEPT 0 packets, 0 bytes)
        num   pkts bytes target     prot opt in     out     source               destination

        Chain POSTROUTING (policy ACCEPT 12 packets, 3456 bytes)
        num   pkts bytes target     prot opt in     out     source               destination
        1       10  5K KUBE-POSTROUTING  all  --  *      *       0.0.0.0/0            0.0.0.0/0            /* kubernetes postrouting rules */

        Chain KUBE-POSTROUTING (1 references)
        num   pkts bytes target     prot opt in     out     source               destination
        1        8   600 RETURN     all  --  *      *       0.0.0.0/0            0.0.0.0/0            mark match ! 0x4000/0x4000
        2        2   120 MARK       all  --  *      *       0.0.0.0/0            0.0.0.0/0            MARK xor 0x4000
        3        2   120 MASQUERADE  all  --  *      *       0.0.0.0/0            0.0.0.0/0            {{Snat}} random-fully
        """;

    [Fact]
    public void AListingIsTheSameRules()
    {
        NetfilterRuleset rules = Rulesets.Parse(G2);
        Assert.Empty(rules.Problems);
        Assert.Equal("nat", Assert.Single(rules.Tables).Name);
        NetfilterRule[] all = [.. rules.Rules];
        Assert.Equal(["KUBE-POSTROUTING", "RETURN", "MARK", "MASQUERADE"], all.Select(static r => r.Target));
        Assert.Equal([10, 8, 2, 2], all.Select(static r => r.Packets));
        Assert.Equal(5000, all[0].Bytes);
        Assert.Equal([null, RuleGeneration.G2, RuleGeneration.G2, RuleGeneration.G2],
            all.Select(static r => (RuleGeneration?)r.Generation is RuleGeneration.G2 ? RuleGeneration.G2
                : (RuleGeneration?)null));
        Assert.True(all[3].RandomFully);
        Assert.Equal(TraceVerdict.Safe, Rulesets.Trace(rules).Verdict);
    }

    [Theory]
    [InlineData("MASQUERADE  17   --  0.0.0.0/0   !10.0.0.0/8   udp dpt:4789",
        "-A POSTROUTING ! -d 10.0.0.0/8 -p 17 -m udp --dport 4789 -j MASQUERADE")]
    [InlineData("MASQUERADE  !udp --  anywhere  anywhere  masq ports: 1024-65535 random",
        "-A POSTROUTING ! -p udp -j MASQUERADE --to-ports 1024-65535 --random")]
    [InlineData("SNAT  tcp  --  10.0.0.0/8  anywhere  tcp spts:1024:65535 dpt:!22 flags:FIN,SYN,RST,ACK/SYN "
        + "to:10.0.0.1:5-9 persistent",
        "-A POSTROUTING -s 10.0.0.0/8 -p tcp -m tcp --sport 1024:65535 ! --dport 22 --tcp-flags FIN,SYN,RST,ACK SYN "
        + "-j SNAT --to-source 10.0.0.1:5-9 --persistent")]
    [InlineData("ACCEPT  all  --  anywhere  base-address.mcast.net/4  ADDRTYPE match dst-type !LOCAL limit-out",
        "-A POSTROUTING -d 224.0.0.0/4 -m addrtype ! --dst-type LOCAL --limit-iface-out -j ACCEPT")]
    [InlineData("ACCEPT  all  --  anywhere  anywhere  multiport dports ! 80,443 ! match-set A src,dst ctstate "
        + "NEW,ESTABLISHED",
        "-A POSTROUTING -m multiport ! --dports 80,443 -m set ! --match-set A src,dst -m conntrack --ctstate "
        + "NEW,ESTABLISHED -j ACCEPT")]
    [InlineData("X  all  --  anywhere  anywhere  [goto]  /* a \"b\" */ mark match 0x1",
        "-A POSTROUTING -m comment --comment \"a \\\"b\\\"\" -m mark --mark 0x1 -g X")]
    [InlineData("MARK  all  -f  anywhere  anywhere  MARK and 0xffffbfff",
        "-A POSTROUTING -f -j MARK --and-mark 0xffffbfff")]
    [InlineData("CONNMARK  all  --  anywhere  anywhere  CONNMARK save nfmask 0xf ctmask 0xf",
        "-A POSTROUTING -j CONNMARK --save-mark --nfmask 0xf --ctmask 0xf")]
    [InlineData("           all  --  anywhere  anywhere  statistic mode random probability 0.5",
        "-A POSTROUTING -m listed --listed \"statistic mode random probability 0.5\"")]
    [InlineData("CT  udp  --  anywhere  anywhere  udp dpt:8472 NOTRACK",
        "-A POSTROUTING -p udp -m udp --dport 8472 -j NOTRACK")]
    [InlineData("LOG  all  --  anywhere  anywhere  LOG level warning prefix \"a b\"", "-A POSTROUTING -j LOG")]
    public void EachModulesWordsAreItsOptions(string row, string expected)
    {
        // Behind the columns of -v, so that nothing about interfaces is open.
        string verbose = System.Text.RegularExpressions.Regex.Replace(row, @"(?<=\s(?:--|-f)\s)", " * * ");
        NetfilterRuleset rules = Rulesets.Parse(
            $"Chain POSTROUTING (policy ACCEPT)\n pkts bytes target prot opt in out source destination\n 0 0 "
            + $"{verbose}\n");
        Assert.Equal(expected, Assert.Single(rules.Rules).Text);
        Assert.Empty(rules.Problems);
    }

    [Fact]
    public void IPv6ListingsLeaveAColumnEmpty()
    {
        NetfilterRuleset rules = Rulesets.Parse(
            "# ip6tables -t nat -nvL\nChain POSTROUTING (policy ACCEPT 0 packets, 0 bytes)\n pkts bytes target     "
            + "prot opt in     out     source               destination\n    0     0 MASQUERADE  udp      *      "
            + "eth0    fd00::/8             ::/0                 udp dpt:8472\n");
        NetfilterRule rule = Assert.Single(rules.Rules);
        Assert.Equal((NetfilterFamily.IPv6, "fd00::/8", null, "eth0"),
            (rule.Family, rule.Source, rule.Destination, rule.OutInterface));
    }

    [Fact]
    public void WithoutInterfacesNothingIsSafeThatDependsOnThem()
    {
        const string Listing =
            "Chain POSTROUTING (policy ACCEPT)\ntarget     prot opt source               "
            + "destination\n{0}KUBE-POSTROUTING  all  --  anywhere  anywhere  /* kubernetes postrouting rules "
            + "*/\n\nChain KUBE-POSTROUTING (1 references)\ntarget     prot opt source               "
            + "destination\nRETURN     all  --  anywhere             anywhere             mark match ! "
            + "0x4000/0x4000\nMARK       all  --  anywhere             anywhere             MARK xor "
            + "0x4000\nMASQUERADE  all  --  anywhere             anywhere             /* kubernetes service traffic "
            + "requiring SNAT */ random-fully\n";
        Assert.Equal(TraceVerdict.Safe,
            Rulesets.Trace(
                Rulesets.Parse(string.Format(System.Globalization.CultureInfo.InvariantCulture, Listing, ""))).Verdict);
        RuleTrace trace = Rulesets.Trace(
            Rulesets.Parse(
                string.Format(System.Globalization.CultureInfo.InvariantCulture, Listing,
                    "MASQUERADE  all  --  anywhere  anywhere  random-fully\n")));
        Assert.Equal(TraceVerdict.Undecided, trace.Verdict);
        Assert.Contains("iptables -L shows with -v only", trace.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void FilteredRowsAreReadAndDecideNothing()
    {
        NetfilterRuleset rules = Rulesets.Parse(
            "# iptables -t nat -L -n | grep fully\nMASQUERADE  all  --  0.0.0.0/0            0.0.0.0/0            /* "
            + "kubernetes service traffic requiring SNAT */ random-fully\n");
        Assert.Equal("KUBE-POSTROUTING", Assert.Single(rules.Rules).Chain);
        Assert.All(rules.Problems, static p => Assert.Equal(RulesetErrorId.Incomplete, p.ErrorId));
        Assert.NotEmpty(rules.Problems);
        Assert.Equal(TraceVerdict.Undecided, Rulesets.Trace(rules).Verdict);
    }

    [Theory]
    [InlineData("  # ")]
    [InlineData("> ")]
    [InlineData("> > ")]
    [InlineData("    ")]
    public void QuotationIsTakenOff(string mark)
    {
        string saved = File.ReadAllText(TestData.PathOf("rules", "g1.iptables-nft-save.txt"));
        NetfilterRuleset rules = Rulesets.Parse(
            "It is this:\n\n```\n" + string.Concat(saved.Split('\n').Select(l => $"{mark}{l}\n")) + "```\n");
        Assert.Equal(Rulesets.Parse(saved).Rules.Select(static r => r.Text), rules.Rules.Select(static r => r.Text));
        Assert.Equal(RulesetErrorId.LineUnreadable, Assert.Single(rules.Problems).ErrorId);
    }

    [Fact]
    public void NumbersOfLinesAreTakenOffAndCountersAreNot()
    {
        NetfilterRuleset rules = Rulesets.Parse(
            "12:-A POSTROUTING -j A\n    13  [1:2] -A POSTROUTING -j B\n14-[3:4] -A POSTROUTING -j C\n[5:6] -A "
            + "POSTROUTING -j D\n");
        Assert.Equal(["A", "B", "C", "D"], rules.Rules.Select(static r => r.Target));
        Assert.Equal([null, 1, 3, 5], rules.Rules.Select(static r => r.Packets));
    }

    [Fact]
    public void ARuleThatSomebodyTookOutStaysOut()
    {
        NetfilterRuleset rules = Rulesets.Parse(
            "*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -j ACCEPT\n# -A POSTROUTING -j MASQUERADE\nCOMMIT\n");
        Assert.Equal("ACCEPT", Assert.Single(rules.Rules).Target);
    }

    [Fact]
    public void ProseBetweenRulesIsOneProblemAndAWrongFileIsOne()
    {
        NetfilterRuleset rules = Rulesets.Parse(
            "*nat\n:POSTROUTING ACCEPT [0:0]\nand then\nthere was\n-A POSTROUTING -j ACCEPT\nthe end\nCOMMIT\n");
        RulesetProblem problem = Assert.Single(rules.Problems);
        Assert.Equal((RulesetErrorId.LineUnreadable, 3L, "and then"), (problem.ErrorId, problem.Line, problem.Text));
        Assert.Contains("2 more lines", problem.Reason, StringComparison.Ordinal);
        rules = Rulesets.Parse(
            string.Concat(Enumerable.Range(0, 500).Select(static i => $"* item {i}\n- other {i}\n-A\n")));
        Assert.Equal(RulesetErrorId.NoRules, Assert.Single(rules.Problems).ErrorId);
    }

    [Fact]
    public void AChainThatNothingReachesIsFound()
    {
        NetfilterRuleset rules = Rulesets.Parse(
            "-A POSTROUTING -j MASQUERADE\n-A KUBE-POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE\n");
        Assert.Equal("KUBE-POSTROUTING", Assert.Single(ChainGraph.Unreached(rules)).Name);
        Assert.Empty(ChainGraph.Unreached(Rulesets.Recorded("g2.iptables-nft-save.txt")));
        Assert.Empty(ChainGraph.Unreached(Rulesets.Parse("-A KUBE-POSTROUTING -j MASQUERADE\n")));
    }
}
