using System.Globalization;
using System.Text;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;
using Xunit;

namespace VxlanCsum.UnitTests.Netfilter;

/// <summary>What is missing from a text is not absent from the node.</summary>
public sealed class MissingRulesTests
{
    public static TheoryData<string> Faulty()
    {
        var data = new TheoryData<string>();
        foreach (string scenario in (string[])["g1", "g1-mark-0x40", "stale-g1-before-g2", "masquerade-before-jump",
            "accept-before-jump"])
        {
            foreach (string tool in (string[])["iptables-legacy", "iptables-nft", "ip6tables-legacy", "ip6tables-nft"])
            {
                data.Add($"{scenario}.{tool}-save.txt");
            }
        }

        foreach (string scenario in (string[])["flannel-old-before-g2", "flannel-after-g1", "calico-before-g2"])
        {
            data.Add($"{scenario}.iptables-legacy-save.txt");
            data.Add($"{scenario}.iptables-nft-save.txt");
        }

        data.Add("nft-never-cleared.nft.txt");
        return data;
    }

    [Theory]
    [MemberData(nameof(Faulty))]
    public void AFaultyRulesetCutAnywhereIsNeverSafe(string file)
    {
        string[] lines = File.ReadAllLines(TestData.PathOf("rules", file));
        NetfilterFamily family = file.Contains("ip6tables", StringComparison.Ordinal) ? NetfilterFamily.IPv6
            : NetfilterFamily.IPv4;
        for (int kept = 1; kept <= lines.Length; kept++)
        {
            NetfilterRuleset rules = Rulesets.Parse(string.Join('\n', lines[..kept]));
            RuleTrace trace = Rulesets.Trace(rules, new TraceRequest { Family = family });
            Assert.True(trace.Verdict != TraceVerdict.Safe, $"{file} cut behind line {kept}: {trace.Explanation}");
        }
    }

    /// <summary>The largest node that anybody runs is within what is kept: 550,000 rules in 200,000 chains, 80 MB.</summary>
    [Fact]
    public void ANodeOfFiftyThousandServicesIsReadWhole()
    {
        const int Services = 50_000, Endpoints = 3;
        using MemoryStream text = new();
        using StreamWriter lines = new(text, leaveOpen: true) { NewLine = "\n" };
        lines.WriteLine("*nat\n:POSTROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n:KUBE-MARK-MASQ - [0:0]");
        for (int i = 0; i < Services; i++)
        {
            lines.WriteLine($":KUBE-SVC-{i:X16} - [0:0]");
            for (int e = 0; e < Endpoints; e++)
            {
                lines.WriteLine($":KUBE-SEP-{i:X15}{e} - [0:0]");
            }
        }

        for (int i = 0; i < Services; i++)
        {
            string address = $"10.96.{i >> 8 & 255}.{i & 255}/32", comment = $"-m comment --comment \"namespace-7/service-{i}:http";
            lines.WriteLine($"-A KUBE-SERVICES -d {address} -p tcp {comment} cluster IP\" -m tcp --dport 80 -j KUBE-SVC-{i:X16}");
            lines.WriteLine($"-A KUBE-SVC-{i:X16} ! -s 10.244.0.0/16 -d {address} -p tcp {comment} cluster IP\" -m tcp --dport 80 "
                + "-j KUBE-MARK-MASQ");
            for (int e = 0; e < Endpoints; e++)
            {
                string pod = $"10.244.{i >> 8 & 255}.{e + 1}", endpoint = $"KUBE-SEP-{i:X15}{e}";
                lines.WriteLine($"-A KUBE-SVC-{i:X16} {comment} -> {pod}:8080\" -m statistic --mode random --probability 0.33333333349 "
                    + $"-j {endpoint}");
                lines.WriteLine($"-A {endpoint} -s {pod}/32 {comment}\" -j KUBE-MARK-MASQ");
                lines.WriteLine($"-A {endpoint} -p tcp {comment}\" -m tcp -j DNAT --to-destination {pod}:8080");
            }
        }

        lines.WriteLine("COMMIT");
        lines.Flush();
        text.Position = 0;
        RulesetReader reader = new();
        reader.Read(text, "fifty thousand");
        NetfilterRuleset rules = reader.Build();
        Assert.Empty(rules.Problems);
        Assert.Equal(Services * (2 + (3 * Endpoints)), rules.Rules.Count());
    }

    /// <summary>`iptables -S` says of no table that it ends.</summary>
    [Theory]
    [InlineData("g1")]
    [InlineData("stale-g1-before-g2")]
    [InlineData("masquerade-before-jump")]
    [InlineData("accept-before-jump")]
    [InlineData("flannel-old-before-g2")]
    [InlineData("flannel-after-g1")]
    public void WhatDashSPrintsOfAFaultCutAnywhereIsNeverSafe(string scenario)
    {
        string[] lines = [.. DashS($"{scenario}.iptables-nft-save.txt")];
        Assert.Equal(TraceVerdict.DoubleSnatWithRandomPort, Rulesets.Trace(string.Join('\n', lines)).Verdict);
        for (int kept = 1; kept < lines.Length; kept++)
        {
            RuleTrace trace = Rulesets.Trace(string.Join('\n', lines[..kept]));
            Assert.True(trace.Verdict != TraceVerdict.Safe, $"cut behind line {kept}: {trace.Explanation}");
        }
    }

    [Fact]
    public void WhereATextMayBeCutIsNamedAndOnlyWhereItIsReached()
    {
        string[] lines = [.. DashS("g2.iptables-nft-save.txt")];
        Assert.Equal(TraceVerdict.Safe, Rulesets.Trace(string.Join('\n', lines)).Verdict);
        int before = Array.FindIndex(lines, static l => l.StartsWith("-A KUBE-POSTROUTING", StringComparison.Ordinal));
        Assert.StartsWith("Cannot be decided: the text ends before the rules of chain KUBE-POSTROUTING, and may be cut "
            + "there; `iptables-save` shows all of it",
            Rulesets.Trace(string.Join('\n', lines[..before])).Explanation, StringComparison.Ordinal);

        // Another table behind it, and the chain is whole.
        const string Nat = "-P POSTROUTING ACCEPT\n-A POSTROUTING -s 10.9.0.0/16 -j MASQUERADE --random-fully\n";
        Assert.Contains("ends in chain POSTROUTING", Rulesets.Trace(Nat).Explanation, StringComparison.Ordinal);
        Assert.Equal(TraceVerdict.Safe, Rulesets.Trace(Nat + "-P POSTROUTING ACCEPT\n-N EMPTY\n-A EMPTY -j RETURN\n",
            new TraceRequest { TunnelSource = System.Net.IPAddress.Parse("10.0.10.14") }).Verdict);
    }

    private static IEnumerable<string> DashS(string file) =>
        File.ReadAllLines(TestData.PathOf("rules", file)).SkipWhile(static l => l != "*nat")
            .TakeWhile(static l => l != "COMMIT").Skip(1)
            .Select(static l => l[0] != ':' ? l : l.Contains(" - ", StringComparison.Ordinal)
                ? $"-N {l[1..].Split(' ')[0]}" : $"-P {string.Join(' ', l[1..].Split(' ')[..2])}")
            .OrderBy(static l => l[1] == 'A' ? 2 : l[1] == 'N' ? 1 : 0);

    private static readonly string s_present = Rulesets.Nat(
        "-A POSTROUTING -j KUBE-POSTROUTING\n-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN\n"
        + "-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0\n-A KUBE-POSTROUTING -j MASQUERADE --random-fully",
        ":KUBE-POSTROUTING - [0:0]\n");

    /// <summary>What the text itself says of rules that it does not show.</summary>
    [Theory]
    [InlineData("# Warning: iptables-legacy tables present, use iptables-legacy-save to see them",
        "iptables-legacy has rules of its own; `iptables-legacy-save` shows them")]
    [InlineData("# Table `nat' is incompatible, use 'nft' tool.", "`nft list ruleset` shows them")]
    [InlineData("# Warning: ip6tables-legacy tables present, use ip6tables-legacy-save to see them", null)]
    public void RulesThatAreSaidToBeElsewhereAreMissing(string line, string? named)
    {
        const string Header = "# Generated by iptables-nft-save v1.8.9 (nf_tables) on x\n";
        RuleTrace trace = Rulesets.Trace($"{line}\n{Header}{s_present}");
        Assert.Equal(named is null ? TraceVerdict.Safe : TraceVerdict.Undecided, trace.Verdict);
        Assert.Contains(named ?? "", trace.Explanation, StringComparison.Ordinal);

        // With them in the text, too, nothing is.
        Assert.Equal(TraceVerdict.Safe, Rulesets.Trace(
            $"{line}\n{Header}{s_present}# Generated by iptables-save v1.8.9 on x\n{s_present}"
            + "table ip x {\n}\n").Verdict);
    }

    [Theory]
    [InlineData("$ iptables-save | grep -v FORWARD\n", "", "another program took lines out")]
    [InlineData("", "...\n", "something was left out in line")]
    [InlineData("...\n", "", null)]
    public void WhatWasTakenOutOfATableIsMissing(string before, string within, string? named)
    {
        RuleTrace trace = Rulesets.Trace(before
            + s_present.Replace(":OUTPUT", within + ":OUTPUT", StringComparison.Ordinal));
        Assert.Equal(named is null ? TraceVerdict.Safe : TraceVerdict.Undecided, trace.Verdict);
        Assert.Contains(named ?? "", trace.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void KubeProxysChainWithoutItsMasqueradeWasPickedFrom()
    {
        string rules = string.Join('\n', s_present.Split('\n')
            .Where(static l => !l.Contains("MASQUERADE", StringComparison.Ordinal)));
        Assert.StartsWith("Cannot be decided: KUBE-POSTROUTING of table nat has no MASQUERADE",
            Rulesets.Trace(rules).Explanation, StringComparison.Ordinal);
        Assert.Equal(TraceVerdict.Safe, Rulesets.Trace(Rulesets.Parse(rules).AsWholeNode()).Verdict);
    }

    /// <summary>Two backends, families or times, pasted one after the other without a word.</summary>
    [Fact]
    public void ATableThatIsThereTwiceIsWalkedAsBoth()
    {
        string fault = Rulesets.Nat("-A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE --random-fully");
        RuleTrace trace = Rulesets.Trace(fault + s_present);
        Assert.Equal(TraceVerdict.Undecided, trace.Verdict);
        Assert.StartsWith("Cannot be decided: a table is in the text more than once", trace.Explanation,
            StringComparison.Ordinal);
        Assert.NotNull(trace.OffendingRule);
        Assert.Equal(TraceVerdict.DoubleSnatWithRandomPort, Rulesets.Trace(s_present + fault).Verdict);
        Assert.Equal(TraceVerdict.Safe, Rulesets.Trace(s_present + s_present).Verdict);
    }

    [Fact]
    public void ACutTableIsNamedWithTheCommandThatShowsIt()
    {
        RuleTrace trace = Rulesets.Trace(
            "# Generated by iptables-nft-save v1.8.9 (nf_tables) on x\n*nat\n:POSTROUTING ACCEPT "
            + "[0:0]\n:KUBE-POSTROUTING - [0:0]\n-A POSTROUTING -j KUBE-POSTROUTING\n");
        Assert.Equal(TraceVerdict.Undecided, trace.Verdict);
        Assert.Contains("nat is not whole", trace.Explanation, StringComparison.Ordinal);
        Assert.Contains("`iptables-nft-save`", trace.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void LinesThatWerePickedOutAreNoWholeTable()
    {
        RuleTrace trace = Rulesets.Trace(
            "-A POSTROUTING -j KUBE-POSTROUTING\n-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN\n");
        Assert.Equal(TraceVerdict.Undecided, trace.Verdict);
        Assert.Contains("picked out", trace.Explanation, StringComparison.Ordinal);
    }

    /// <summary>Whether it strikes, and whether it would do harm, are both unknown: that is not safe.</summary>
    [Theory]
    [InlineData("--match-set pools src", "set pools is asked for and not in the text; `ipset save` shows them")]
    [InlineData("--match-set pools src -m set ! --match-set others dst",
        "sets pools, others are asked for and not in the text; `ipset save` shows them")]
    public void SetsThatAreNotInTheTextLeaveAMasqueradeOpen(string match, string named)
    {
        string rules = Rulesets.Nat($"-A POSTROUTING -m set {match} -j MASQUERADE");
        RuleTrace trace = Rulesets.Trace(rules);
        Assert.Equal(TraceVerdict.Undecided, trace.Verdict);
        Assert.Contains(named, trace.Explanation, StringComparison.Ordinal);

        // With the sets, or where MASQUERADE is known to change nothing, the text decides.
        const string Sets = "create pools hash:net family inet hashsize 1024 maxelem 65536\nadd pools 10.244.0.0/16\n"
            + "create others hash:net family inet hashsize 1024 maxelem 65536\n";
        Assert.Equal(TraceVerdict.Safe, Rulesets.Trace(rules + Sets,
            new TraceRequest { TunnelSource = System.Net.IPAddress.Parse("10.0.10.14") }).Verdict);
        Assert.Equal(TraceVerdict.Safe, Rulesets.Trace(rules, new TraceRequest { KeepsSource = Answer.Yes }).Verdict);
    }

    [Fact]
    public void ASetOrAChainThatIsNotInTheTextIsNamedBeforeWhatHangsOnIt()
    {
        RuleTrace trace = Rulesets.Trace(
            Rulesets.Nat("-A POSTROUTING -m set --match-set pools src -j MASQUERADE --random-fully"));
        Assert.Equal(TraceVerdict.Undecided, trace.Verdict);
        Assert.StartsWith("Cannot be decided: set pools is asked for", trace.Explanation, StringComparison.Ordinal);
        trace = Rulesets.Trace(Rulesets.Nat("-A POSTROUTING -j cali-POSTROUTING"));
        Assert.Equal(TraceVerdict.Undecided, trace.Verdict);
        Assert.StartsWith("Cannot be decided: chain cali-POSTROUTING is missing from table nat; `iptables-save`",
            trace.Explanation, StringComparison.Ordinal);
    }

    /// <summary>`nft -t list ruleset`: sets without their elements. One that is empty among others is just
    /// empty.</summary>
    [Theory]
    [InlineData("", "", TraceVerdict.Undecided)]
    [InlineData("", "elements = { 10.9.9.9 }", TraceVerdict.Safe)]
    [InlineData("elements = { 10.0.10.10 }", "", TraceVerdict.DoubleSnatWithRandomPort)]
    public void SetsWithoutElementsMayBeATerseListing(string elements, string others, TraceVerdict verdict)
    {
        RuleTrace trace = Rulesets.Trace(
            $$"""
            table ip x {
              set nodes {
                type ipv4_addr
                {{elements}}
              }
              set others {
                type ipv4_addr
                {{others}}
              }
              chain p {
                type nat hook postrouting priority srcnat; policy accept;
                ip daddr @nodes masquerade fully-random
              }
            }

            """, new TraceRequest { TunnelDestination = System.Net.IPAddress.Parse("10.0.10.10") });
        Assert.Equal(verdict, trace.Verdict);
        Assert.Equal(verdict == TraceVerdict.Undecided,
            trace.Explanation.Contains("no set of table x has elements", StringComparison.Ordinal));
    }

    [Fact]
    public void ARuleThatCannotBeReadMayBeTheOne()
    {
        RuleTrace trace = Rulesets.Trace(
            Rulesets.Nat("-A POSTROUTING -m comment --comment \"never closed -j MASQUERADE"));
        Assert.Equal(TraceVerdict.Undecided, trace.Verdict);
        trace = Rulesets.Trace(
            Rulesets.Nat(
                $"-A POSTROUTING -m comment --comment \"{new string('x', 70_000)}\" -j MASQUERADE --random-fully"));
        Assert.Equal(TraceVerdict.Undecided, trace.Verdict);
    }

    [Fact]
    public void AFaultThatIsSeenStaysOneAndSaysWhatIsMissing()
    {
        RuleTrace trace = Rulesets.Trace(
            "*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE "
            + "--random-fully\n");
        Assert.Equal(TraceVerdict.DoubleSnatWithRandomPort, trace.Verdict);
        Assert.Contains("COMMIT", trace.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void CutJsonIsNotWhole()
    {
        string json =
            """{"nftables": [{"table": {"family": "ip", "name": "x"}}, {"chain": {"family": "ip", "table": "x", "name":"""
                + """ "p", "type": "nat", "hook": "postrouting", "prio": 100}}, {"rule": {"family""";
        Assert.Equal(TraceVerdict.Undecided, Rulesets.Trace(json).Verdict);
    }

    /// <summary>Behind what is kept may stand the rule that spoils everything: unread is not absent.</summary>
    [Theory]
    [InlineData("-A KUBE-X -m comment --comment \"{0}\" -j RETURN", false)]
    [InlineData("-N C{0}", false)]
    [InlineData("{{\"rule\":{{\"family\":\"ip\",\"table\":\"nat\",\"chain\":\"KUBE-X\",\"comment\":\"{0}\",\"expr\":[]}}}}", true)]
    public void WhatIsBehindTheMostThatIsKeptLeavesItOpen(string rule, bool isJson)
    {
        string many = string.Join(isJson ? "," : "\n",
            Enumerable.Range(0, 3000).Select(i => string.Format(CultureInfo.InvariantCulture, rule, i)));
        string text = isJson ? $$$"""
            {"nftables":[{"table":{"family":"ip","name":"nat"}},{"chain":{"family":"ip","table":"nat","name":"KUBE-X"}},
            {"chain":{"family":"ip","table":"nat","name":"POSTROUTING","type":"nat","hook":"postrouting","prio":100,"policy":"accept"}},
            {{{many}}}]}
            """ : Rulesets.Nat("-A POSTROUTING -p tcp -j MASQUERADE", ":KUBE-X - [0:0]\n" + many + "\n");
        Assert.Equal(TraceVerdict.Safe, Rulesets.Trace(RulesetReader.Read(text)).Verdict);

        NetfilterRuleset cut = RulesetReader.Read(text, new RulesetReadOptions { Most = 1 << 16 });
        Assert.Single(cut.Problems, static p => p.ErrorId == "RulesetTooLarge");
        foreach (NetfilterRuleset rules in (NetfilterRuleset[])[cut, cut.AsWholeNode(), cut.Lacking([])])
        {
            RuleTrace trace = Rulesets.Trace(rules);
            Assert.Equal(TraceVerdict.Undecided, trace.Verdict);
            Assert.Contains("is not read", trace.Explanation, StringComparison.Ordinal);
        }
    }

    /// <summary>The last object filled the room: what stands behind the JSON is unread, and said so.</summary>
    [Fact]
    public void WhatIsBehindJsonThatFilledTheRoomLeavesItOpen()
    {
        const string Json = """{"nftables":[{"table":{"family":"ip","name":"x"}},{"chain":{"family":"ip","table":"x","name":"p"}}]}""";
        string text = Json + "\n" + Rulesets.Nat("-A POSTROUTING -p tcp -j MASQUERADE");
        Assert.Equal(TraceVerdict.Safe, Rulesets.Trace(RulesetReader.Read(text)).Verdict);
        NetfilterRuleset cut = RulesetReader.Read(text, new RulesetReadOptions { Most = 1000 });
        Assert.Single(cut.Problems, static p => p.ErrorId == "RulesetTooLarge");
        Assert.Contains("is not read", Assert.Single(cut.Unread), StringComparison.Ordinal);
        Assert.Equal(TraceVerdict.Undecided, Rulesets.Trace(cut).Verdict);
    }

    [Fact]
    public void ABackendThatCouldNotBeReadLeavesItOpen()
    {
        NetfilterRuleset rules = Rulesets.Parse(Rulesets.Nat("-A POSTROUTING -p tcp -j MASQUERADE"))
            .Lacking(["nft failed: no permission"]);
        RuleTrace trace = Rulesets.Trace(rules);
        Assert.Equal(TraceVerdict.Undecided, trace.Verdict);
        Assert.Contains("nft failed: no permission", trace.Explanation, StringComparison.Ordinal);
    }
}
