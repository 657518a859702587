using System.Text;
using VxlanCsum.Clusters;
using VxlanCsum.Diagnoses;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;
using Xunit;

namespace VxlanCsum.UnitTests.Netfilter;

public sealed class BadRulesetTests
{
    [Theory]
    [InlineData("hello world", RulesetErrorId.LineUnreadable)]
    [InlineData("-A", RulesetErrorId.LineUnreadable)]
    [InlineData("-A X -m comment --comment \"never closed", RulesetErrorId.LineUnreadable)]
    [InlineData("-A X word -j ACCEPT", RulesetErrorId.LineUnreadable)]
    [InlineData("-A X -p tcp !", RulesetErrorId.LineUnreadable)]
    [InlineData("-A X -j", RulesetErrorId.LineUnreadable)]
    [InlineData("-D X -j ACCEPT", RulesetErrorId.LineUnreadable)]
    [InlineData("[1:2]", RulesetErrorId.LineUnreadable)]
    [InlineData("[a:b] -A X -j ACCEPT", RulesetErrorId.LineUnreadable)]
    [InlineData("add NOSET 10.0.0.1", RulesetErrorId.LineUnreadable)]
    [InlineData("\u001b]0;owned\u0007", RulesetErrorId.LineUnreadable)]
    public void ABadLineIsNamedAndTheRestIsRead(string line, string errorId)
    {
        NetfilterRuleset rules = Rulesets.Parse($"*filter\n:X - [0:0]\n-A X -j DROP\n{line}\n-A X -j ACCEPT\nCOMMIT\n");
        RulesetProblem problem = Assert.Single(rules.Problems);
        Assert.Equal((errorId, 4L, "text"), (problem.ErrorId, problem.Line, problem.Path));
        Assert.DoesNotContain(problem.ToString(), char.IsControl);
        Assert.NotEmpty(problem.Reason);
        Assert.Equal(["DROP", "ACCEPT"], rules.Rules.Select(static r => r.Target));
    }

    [Fact]
    public void AVeryLongLineIsNamedAndTheRestIsRead()
    {
        string text =
            $"*filter\n:X - [0:0]\n-A X -m comment --comment \"{new string('x', 3_000_000)}\" -j DROP\n-A X -j "
            + $"ACCEPT\nCOMMIT\n";
        NetfilterRuleset rules = Rulesets.Parse(text);
        RulesetProblem problem = Assert.Single(rules.Problems);
        Assert.Equal((RulesetErrorId.LineTooLong, 3L), (problem.ErrorId, problem.Line));
        Assert.True(problem.Text.Length < 300);
        Assert.Equal("ACCEPT", Assert.Single(rules.Rules).Target);
    }

    [Fact]
    public void ARuleAsLongAsIsReadIsRead()
    {
        string matches = string.Concat(Enumerable.Range(0, 6000).Select(static _ => " -m tcp"));
        NetfilterRule rule = Assert.Single(
            Rulesets.Parse($"*filter\n:X - [0:0]\n-A X{matches} -j DROP\nCOMMIT\n").Rules);
        Assert.Equal(6000, rule.Matches.Count);
        Assert.Equal("DROP", rule.Target);
    }

    /// <summary>Half of a set would say of the rest that it is not in it. The rule is meant for what is not.</summary>
    [Theory]
    [InlineData(2, false)]
    [InlineData(1_000_001, true)]
    public void OfASetThatIsNotKeptNothingIsSaid(int members, bool isUnknown)
    {
        IEnumerable<string> addresses = Enumerable.Range(0, members)
            .Select(static i => $"10.{(i >> 16) & 255}.{(i >> 8) & 255}.{i & 255}");
        string ipset = $"create S hash:ip family inet\n{string.Concat(addresses.Select(static a => $"add S {a}\n"))}"
            + Rulesets.Nat("-A POSTROUTING -m set ! --match-set S dst -j MASQUERADE --random-fully"),
            nft = "table ip nat {\nset S {\ntype ipv4_addr\nelements = { " + string.Join(",\n", addresses) + " }\n}\n"
                + "chain POSTROUTING {\ntype nat hook postrouting priority srcnat; policy accept;\n"
                + "ip daddr != @S masquerade fully-random\n}\n}\n";
        Assert.All((string[])[ipset, nft], text =>
        {
            NetfilterRuleset rules = Rulesets.Parse(text);
            Assert.Equal(isUnknown ? [RulesetErrorId.TooLarge] : [], rules.Problems.Select(static p => p.ErrorId));
            int kept = rules.Sets.Values.Sum(static s => s.Members.Count)
                + rules.Tables.Sum(static t => t.Sets.Values.Sum(static s => s.Elements.Count));
            Assert.Equal(isUnknown ? 0 : members, kept);
            Assert.Equal(TraceVerdict.Undecided, Rulesets.Trace(rules,
                new TraceRequest { Destination = System.Net.IPAddress.Parse("192.0.2.1") }).Verdict);
        });
    }

    /// <summary>The statement goes on in braces, over lines.</summary>
    [Fact]
    public void AStatementThatIsTooLongIsNotTakenForAHalfOne()
    {
        string many = string.Concat(Enumerable.Repeat("10.0.0.1,\n", 2_000_000));
        NetfilterRuleset rules = Rulesets.Parse("table ip nat {\nchain POSTROUTING {\n"
            + $"type nat hook postrouting priority srcnat; policy accept;\nip daddr {{ {many} }} accept\nmasquerade\n}}\n}}\n");
        RulesetProblem problem = Assert.Single(rules.Problems);
        Assert.Equal(RulesetErrorId.TooLarge, problem.ErrorId);
        Assert.Contains("line 4", problem.Reason, StringComparison.Ordinal);
        Assert.Equal("masquerade", Assert.Single(rules.Rules).Text);
        Assert.NotNull(Assert.Single(rules.Tables).Missing);
    }

    [Fact]
    public void AHalfRulesetIsNamedAndWhatIsThereIsRead()
    {
        NetfilterRuleset rules = Rulesets.Parse("*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -j MASQUERADE\n");
        Assert.Equal(RulesetErrorId.Incomplete, Assert.Single(rules.Problems).ErrorId);
        Assert.Single(rules.Rules);
        rules = Rulesets.Parse("table ip nat {\n chain p {\n  type nat hook postrouting priority 100;\n  masquerade\n");
        Assert.Equal(RulesetErrorId.Incomplete, Assert.Single(rules.Problems).ErrorId);
        Assert.Single(rules.Rules);
    }

    [Fact]
    public void JsonThatBreaksOffIsNamedAndWhatCameBeforeIsRead()
    {
        string json = File.ReadAllText(TestData.PathOf("rules", "nft-gen1.nft.json"));
        NetfilterRuleset whole = Rulesets.Parse(json);
        NetfilterRuleset half = Rulesets.Parse(json[..(json.Length / 2)]);
        Assert.Equal(RulesetErrorId.JsonInvalid, Assert.Single(half.Problems).ErrorId);
        Assert.InRange(half.Rules.Count(), 1, whole.Rules.Count() - 1);
        Assert.Contains(Rulesets.Parse("{\"a\": 1}").Problems, static p => p.ErrorId == RulesetErrorId.Empty);
    }

    [Fact]
    public void AMillionPiecesOfJsonAreNotFollowed()
    {
        NetfilterRuleset rules = Rulesets.Parse(string.Concat(Enumerable.Repeat("{\"nftables\": []}\n", 100_000)));
        Assert.Equal(RulesetErrorId.TooLarge, Assert.Single(rules.Problems).ErrorId);
    }

    [Fact]
    public void MissingChainsAndLoopsAreFoundBeforeAnyWalk()
    {
        NetfilterRuleset rules = Rulesets.Parse(
            Rulesets.Nat("-A POSTROUTING -j GONE-1\n-A POSTROUTING -j A\n-A A -j B\n-A B -j A\n-A B -j B",
                ":A - [0:0]\n:B - [0:0]\n"));
        RulesetProblem[] problems = [.. ChainGraph.Check(rules.Tables.SelectMany(static t => t.Chains))];
        Assert.Equal([RulesetErrorId.ChainMissing, RulesetErrorId.JumpLoop, RulesetErrorId.JumpLoop],
            problems.Select(static p => p.ErrorId));
        Assert.Equal([8L, 11L, 12L], problems.Select(static p => p.Line));
    }

    [Fact]
    public void ReachableChainsComeInWalkOrder()
    {
        NetfilterRuleset rules = Rulesets.Recorded("calico-before-g2.iptables-nft-save.txt");
        Assert.Equal(
            ["POSTROUTING", "cali-POSTROUTING", "cali-fip-snat", "cali-nat-outgoing", "KUBE-POSTROUTING"],
            ChainGraph.Reachable(rules.Tables, "POSTROUTING").Select(static c => c.Name));
    }

    /// <summary>Each recorded text, cut and with bytes changed: never an exception, always an end.</summary>
    [Fact]
    public void DamagedTextsAreReadAsFarAsTheyGo()
    {
        var random = new Random(20);
        foreach (string file in Directory.GetFiles(TestData.PathOf("rules"), "*.*"))
        {
            if (file.EndsWith(".sh", StringComparison.Ordinal) || file.EndsWith(".md", StringComparison.Ordinal))
            {
                continue;
            }

            byte[] whole = File.ReadAllBytes(file);
            for (int round = 0; round < 40; round++)
            {
                byte[] damaged = whole.AsSpan(0, random.Next(whole.Length + 1)).ToArray();
                for (int i = random.Next(8); i > 0 && damaged.Length > 0; i--)
                {
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                }

                var reader = new RulesetReader();
                reader.Read(new MemoryStream(damaged), file);
                NetfilterRuleset rules = reader.Build();
                foreach (NetfilterRule rule in rules.Rules)
                {
                    Assert.DoesNotContain(rule.Text + rule.Comment + rule.Target + string.Concat(rule.Matches),
                        char.IsControl);
                }

                Assert.NotEmpty(Rulesets.Trace(rules).Explanation);
            }
        }
    }

    [Fact]
    public void NothingIsReadFromNothing()
    {
        NetfilterRuleset rules = Rulesets.Parse(string.Empty);
        Assert.Empty(rules.Tables);
        Assert.Equal(TraceVerdict.Undecided, Rulesets.Trace(rules).Verdict);
    }

    [Fact]
    public void ReadingCanBeStopped()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var reader = new RulesetReader(new RulesetReadOptions { Cancellation = stop.Token });
        byte[] text = Encoding.ASCII.GetBytes(
            "*filter\n" + string.Concat(Enumerable.Repeat("-A X -j ACCEPT\n", 100_000)));
        Assert.Throws<OperationCanceledException>(() => reader.Read(new MemoryStream(text), "text"));
    }
}
