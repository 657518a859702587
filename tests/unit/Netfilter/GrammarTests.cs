using VxlanCsum.Captures.Files;
using VxlanCsum.Clusters;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using Xunit;

namespace VxlanCsum.UnitTests.Netfilter;

public sealed class GrammarTests
{
    [Fact]
    public void EveryPropertyOfARule()
    {
        NetfilterRule rule = One(
            "[7:420] -A X -s 10.244.0.0/16 ! -d 224.0.0.0/4 ! -i cali+ -o eth0 -p udp -m comment --comment \"why "
            + "\\\"so\\\"\" -m mark ! --mark 0x4000/0x4000 -m set --match-set KUBE-LOOP-BACK dst,dst,src -j "
            + "MASQUERADE --random-fully");
        Assert.Equal((7, 420), (rule.Packets, rule.Bytes));
        Assert.Equal("why \"so\"", rule.Comment);
        Assert.Equal("udp", rule.Protocol);
        Assert.Equal("10.244.0.0/16", rule.Source);
        Assert.Equal("! 224.0.0.0/4", rule.Destination);
        Assert.Equal("! cali+", rule.InInterface);
        Assert.Equal("eth0", rule.OutInterface);
        Assert.Equal(new MarkMatch(0x4000, 0x4000, true), rule.Mark);
        Assert.Equal("! 0x4000/0x4000", rule.Mark.ToString());
        Assert.Equal("KUBE-LOOP-BACK dst,dst,src", rule.MatchSet);
        Assert.Equal("MASQUERADE", rule.Target);
        Assert.True(rule.RandomFully);
        Assert.Null(rule.MarkOperation);
        Assert.False(rule.IsGoto);
        Assert.Equal(["ip", "ip", "ip", "ip", "ip", "comment", "mark", "set"], rule.Matches.Select(static m => m.Name));
        Assert.All(rule.Matches, static m => Assert.True(m.Understood, m.Text));
        Assert.Equal(1, rule.Number);
        Assert.Equal("X", rule.Chain);
    }

    [Theory]
    [InlineData("--set-xmark 0x4000/0x0", MarkOperationKind.Xor, 0x4000u, "xor 0x4000")]
    [InlineData("--set-xmark 0x4000/0x4000", MarkOperationKind.Or, 0x4000u, "or 0x4000")]
    [InlineData("--set-xmark 0x0/0x4000", MarkOperationKind.And, 0u, "and 0xffffbfff")]
    [InlineData("--set-xmark 0x1/0xffffffff", MarkOperationKind.Set, 1u, "set 0x1")]
    [InlineData("--set-xmark 0x1/0xff", MarkOperationKind.Set, 1u, "set 0x1/0xff")]
    [InlineData("--set-mark 5", MarkOperationKind.Set, 5u, "set 0x5")]
    [InlineData("--set-mark 0x100/0xff", MarkOperationKind.Set, 0x100u, "set 0x100/0x1ff")]
    [InlineData("--and-mark 0xffffbfff", MarkOperationKind.And, 0u, "and 0xffffbfff")]
    [InlineData("--or-mark 0x4000", MarkOperationKind.Or, 0x4000u, "or 0x4000")]
    [InlineData("--xor-mark 0x4000", MarkOperationKind.Xor, 0x4000u, "xor 0x4000")]
    public void MarkOperationsAreDecoded(string options, MarkOperationKind kind, uint value, string text)
    {
        MarkOperation operation = One($"-A X -j MARK {options}").MarkOperation!.Value;
        Assert.Equal((kind, value, text), (operation.Kind, operation.Value, operation.ToString()));
    }

    [Theory]
    [InlineData("--set-xmark 0x4000/0x0", 0x4001u, 0x1u)]
    [InlineData("--set-xmark 0x4000/0x0", 0x1u, 0x4001u)]
    [InlineData("--set-xmark 0x4000/0x4000", 0x4001u, 0x4001u)]
    [InlineData("--set-xmark 0x0/0x4000", 0xffffu, 0xbfffu)]
    [InlineData("--set-mark 0x1/0xff", 0x4455u, 0x4401u)]
    public void MarkOperationsAreThoseOfTheKernel(string options, uint before, uint after) =>
        Assert.Equal(after, One($"-A X -j MARK {options}").MarkOperation!.Value.Apply(before));

    [Fact]
    public void AMatchMayRepeatAndABangMayStandOnEitherSide()
    {
        NetfilterRule rule = One(
            "-A X -p ! icmp -m addrtype ! --src-type LOCAL -m addrtype --src-type LOCAL -m mark --mark ! 0x1 -g Y",
            "Y");
        Assert.Equal("! icmp", rule.Protocol);
        Assert.Equal(["ip", "addrtype", "addrtype", "mark"], rule.Matches.Select(static m => m.Name));
        Assert.Equal(new MarkMatch(1, uint.MaxValue, true), rule.Mark);
        Assert.True(rule.IsGoto);
        Assert.Equal("Y", rule.Target);
    }

    [Fact]
    public void UnknownMatchesAndTargetsAreKeptAsTheyAre()
    {
        NetfilterRule rule = One("-A X -m newmatch --strange a b --flag -j NEWTARGET --odd \"x y\"");
        RuleMatch match = Assert.Single(rule.Matches);
        Assert.Equal(new RuleMatch("newmatch", "-m newmatch --strange a b --flag", false), match);
        Assert.Equal("NEWTARGET", rule.Target);
    }

    [Fact]
    public void LongNamesAndShortNamesMeanTheSame()
    {
        NetfilterRule rule = One(
            "-A X --source 10.0.0.1 --destination 10.0.0.2 --protocol tcp --in-interface a --out-interface b --match "
            + "tcp --destination-port 53 --jump DROP");
        Assert.Equal(("10.0.0.1", "10.0.0.2", "tcp", "a", "b", "DROP"),
            (rule.Source, rule.Destination, rule.Protocol, rule.InInterface, rule.OutInterface, rule.Target));
    }

    [Fact]
    public void MatchesBehindTheTargetCount() =>
        Assert.Equal("tcp", One("-A X -j ACCEPT -p tcp -m tcp --dport 22").Protocol);

    [Fact]
    public void ControlCharactersNeverComeOutRaw()
    {
        NetfilterRule rule = One("-A X -m comment --comment \"\u001b[2Jred\u0007\" -j ACCEPT");
        Assert.DoesNotContain(rule.Comment + rule.Text + string.Concat(rule.Matches), char.IsControl);
        Assert.Equal("\\x1b[2Jred\\x07", rule.Comment);
    }

    [Fact]
    public void InsertedRulesTakeTheirPlace()
    {
        NetfilterRuleset rules = Rulesets.Parse(
            "*filter\n:X - [0:0]\n-A X -j ACCEPT\n-I X -j DROP\n-I X 2 -j RETURN\n-A X -j LOG\nCOMMIT\n");
        Assert.Equal(["DROP", "RETURN", "ACCEPT", "LOG"], rules.Rules.Select(static r => r.Target));
        Assert.Equal([1, 2, 3, 4], rules.Rules.Select(static r => r.Number));
        Assert.Equal("-A X -j RETURN", rules.Tables[0].Find("X")!.Rules[1].Text);
    }

    [Fact]
    public void SeveralRulesetsInOneTextAreKeptApart()
    {
        string legacy = File.ReadAllText(TestData.PathOf("rules", "g1.iptables-legacy-save.txt"));
        string nft = File.ReadAllText(TestData.PathOf("rules", "g2.iptables-nft-save.txt"));
        string six = File.ReadAllText(TestData.PathOf("rules", "g2.ip6tables-nft-save.txt"));
        string own = File.ReadAllText(TestData.PathOf("rules", "nft-gen1.nft.txt"));
        string sets = File.ReadAllText(TestData.PathOf("rules", "ipvs.iptables-nft-ipset.txt"));
        NetfilterRuleset rules = Rulesets.Parse(legacy + nft + six + sets + own);
        Assert.Empty(rules.Problems);
        Assert.Equal(
            ["iptables-legacy IPv4 nat", "iptables-nft IPv4 nat", "iptables-nft IPv6 nat", "nftables IPv4 kube-proxy",
                "nftables IPv6 kube-proxy"],
            rules.Tables.Select(static t => t.ToString()));
        Assert.Contains("KUBE-LOOP-BACK", rules.Sets.Keys);
    }

    [Fact]
    public void JsonInOneLongLineIsRead()
    {
        // nft -j prints one line, however many rules there are.
        string rule =
            "{\"rule\": {\"family\": \"ip\", \"table\": \"t\", \"chain\": \"c\", \"handle\": 1, \"expr\": "
            + "[{\"counter\": {\"packets\": 1, \"bytes\": 2}}, {\"accept\": null}]}}";
        NetfilterRuleset rules = Rulesets.Parse(
            "{\"nftables\": [{\"table\": {\"family\": \"ip\", \"name\": \"t\", \"handle\": 7}}, "
                + string.Join(", ", Enumerable.Repeat(rule, 20_000)) + "]}\n-A X -j DROP\n");
        Assert.Empty(rules.Problems);
        Assert.Equal(20_001, rules.Rules.Count());
        Assert.Equal((1L, 2L, "ACCEPT"),
            (rules.Rules.First().Packets, rules.Rules.First().Bytes, rules.Rules.First().Target));
        Assert.Equal(2, rules.Rules.Last().Line);
    }

    [Fact]
    public void WhatFollowsJsonIsReadAndItsLinesAreCounted()
    {
        string json = File.ReadAllText(TestData.PathOf("rules", "nft-gen1.nft.json")).TrimEnd('\n');
        NetfilterRuleset rules = Rulesets.Parse(
            $"# two\n{json}\n\n*filter\n:X - [0:0]\nnonsense\n-A X -j DROP\nCOMMIT\n{json}\nmore nonsense\n");
        Assert.Equal([6L, 10L], rules.Problems.Select(static p => p.Line));
        Assert.Equal("DROP",
            Assert.Single(rules.Tables, static t => t.Backend != NetfilterBackend.Nftables).Rules().Single().Target);
        Assert.Equal(4, rules.Tables.Count(static t => t.Backend == NetfilterBackend.Nftables));
    }

    [Fact]
    public void WithoutTheFirstLineTheAddressesTellTheFamily()
    {
        string text =
            "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -s fd00::/64 -j "
            + "MASQUERADE\nCOMMIT\n";
        Assert.All(Rulesets.Parse(text).Tables, static t => Assert.Equal(NetfilterFamily.IPv6, t.Family));
    }

    [Fact]
    public void TextOfWindowsToolsIsRead()
    {
        string text = "*filter\r\n:X - [0:0]\r\n-A X -j ACCEPT\r\nCOMMIT\r\n";
        var reader = new RulesetReader();
        byte[] utf16 = [0xff, 0xfe, .. System.Text.Encoding.Unicode.GetBytes(text)];
        reader.Read(new MemoryStream(utf16), "utf-16");
        reader.Read(new MemoryStream([0xef, 0xbb, 0xbf, .. System.Text.Encoding.UTF8.GetBytes(text)]),
            "utf-8 with a mark");
        NetfilterRuleset rules = reader.Build();
        Assert.Empty(rules.Problems);
        Assert.Equal(2, rules.Rules.Count());
    }

    [Fact]
    public void OnlyTheChainsThatAreAskedForAreKept()
    {
        NetfilterRuleset rules = Rulesets.Parse(
            File.ReadAllText(TestData.PathOf("rules", "g2.iptables-nft-save.txt")),
            new RulesetReadOptions { Keep = static (table, chain) => table == "nat" && chain == "KUBE-POSTROUTING" });
        Assert.Equal(["KUBE-POSTROUTING"], rules.Tables.SelectMany(static t => t.Chains).Select(static c => c.Name));
        Assert.Equal(3, rules.Rules.Count());
        Assert.All(rules.Tables, static t => Assert.True(t.IsPartial));
    }

    [Theory]
    [InlineData("g0", "G0")]
    [InlineData("g1", "G1")]
    [InlineData("g2", "G2,G2,G2")]
    [InlineData("stale-g1-before-g2", "G1,G2,G2,G2")]
    [InlineData("ipvs", "IpvsHairpin,G2,G2,G2")]
    [InlineData("fix-g0-first", "G0,G1")]
    public void GenerationsAreRecognised(string scenario, string expected)
    {
        NetfilterRuleset rules = Rulesets.Recorded($"{scenario}.iptables-nft-save.txt");
        Assert.Equal(expected,
            string.Join(',',
                rules.Tables.Single(static t => t.Name == "nat").Find("KUBE-POSTROUTING")!.Rules.Select(
                    static r => r.Generation)));
        Assert.All(rules.Rules.Where(static r => r.Chain != "KUBE-POSTROUTING"),
            static r => Assert.Equal(RuleGeneration.Other, r.Generation));
    }

    [Theory]
    [InlineData("nft-gen1", "NftGen1,NftGen1,NftGen1")]
    [InlineData("nft-gen2", "NftGen2,Other")]
    public void GenerationsOfNftablesAreRecognised(string name, string expected)
    {
        foreach (string form in (string[])[".nft.txt", ".nft.json"])
        {
            NetfilterTable table = Rulesets.Recorded(name + form).Tables[0];
            Assert.Equal(expected,
                string.Join(',', table.Find("masquerading")!.Rules.Select(static r => r.Generation)));
        }
    }

    [Fact]
    public void NetworkPluginsAreRecognised()
    {
        Assert.Contains(Rulesets.Recorded("flannel-after-g2.iptables-nft-save.txt").Rules,
            static r => r.Generation == RuleGeneration.Flannel);
        Assert.Contains(Rulesets.Recorded("calico-after-g2.iptables-nft-save.txt").Rules,
            static r => r.Generation == RuleGeneration.Calico);
    }

    private static NetfilterRule One(string line, string? other = null)
    {
        NetfilterRuleset rules = Rulesets.Parse(
            $"*mangle\n:X - [0:0]\n{(other is null ? "" : $":{other} - [0:0]\n")}{line}\nCOMMIT\n");
        Assert.Empty(rules.Problems);
        return Assert.Single(rules.Rules);
    }
}
