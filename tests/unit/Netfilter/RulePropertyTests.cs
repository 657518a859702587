using System.Text;
using VxlanCsum.Captures.Files;
using VxlanCsum.Clusters;
using VxlanCsum.Netfilter.Rules;
using Xunit;

namespace VxlanCsum.UnitTests.Netfilter;

/// <summary>A rule says the same of itself however its line was kept, whoever asks, and in whatever order.</summary>
public sealed class RulePropertyTests
{
    public static TheoryData<string> Saves() => RoundTripTests.Saves();

    [Theory]
    [MemberData(nameof(Saves))]
    public void ALineThatIsDividedAgainSaysTheSameAsOneWhoseOptionsWereKept(string file)
    {
        string text = File.ReadAllText(TestData.PathOf("rules", file));
        string[] kept = RoundTripTests.Describe(Rulesets.Parse(text));
        Assert.NotEmpty(kept);
        Assert.Equal(kept,
            RoundTripTests.Describe(Rulesets.Parse(text.Replace("-A ", "-A  ", StringComparison.Ordinal))));
    }

    [Fact]
    public void ManyOptionsAndLongNamesAreReadAsFewAndShortOnes()
    {
        // More options than are kept, and a name longer than a byte counts.
        foreach (string middle in (string[])[string.Concat(Enumerable.Repeat("-m addrtype --dst-type LOCAL ", 50)),
            $"-m new --{new string('x', 300)} 1 "])
        {
            NetfilterRuleset rules = Rulesets.Parse(
                $"*nat\n:X - [0:0]\n-A X ! -s 10.0.0.0/8 {middle}-p tcp -m tcp --dport 80 -j DNAT --to-destination "
                + $"10.0.0.1:80 --random-fully\nCOMMIT\n");
            NetfilterRule rule = Assert.Single(rules.Rules);
            Assert.Equal(("! 10.0.0.0/8", "tcp", "DNAT", true),
                (rule.Source, rule.Protocol, rule.Target, rule.RandomFully));
            Assert.Equal(["ip", .. Enumerable.Repeat(middle.Split(' ')[1], middle.Split("-m").Length - 1), "ip", "tcp"],
                rule.Matches.Select(static m => m.Name));
            Assert.StartsWith($"-A X ! -s 10.0.0.0/8 {middle}-p tcp", rule.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("-A X ! ! -s 10.0.0.0/8 -j DROP", "-A X ! -s 10.0.0.0/8 -j DROP")]
    [InlineData("-A X -m comment --comment \"a\"b -j DROP", "-A X -m comment --comment \"a\" b -j DROP")]
    [InlineData("-A X --source=10.0.0.0/8 -j DROP", "-A X --source 10.0.0.0/8 -j DROP")]
    [InlineData("-A X -s\t10.0.0.0/8 -j DROP", "-A X -s 10.0.0.0/8 -j DROP")]
    public void WhatIsNotWrittenAsItIsSavedIsShownAsItIsSaved(string line, string shown) =>
        Assert.Equal(shown, Assert.Single(Rulesets.Parse($"*filter\n:X - [0:0]\n{line}\nCOMMIT\n").Rules).Text);

    [Fact]
    public void NamesOfDevicesAndSetsComeOutWithoutControlCharacters()
    {
        NetfilterRule rule = Assert.Single(
            Rulesets.Parse(
                "*filter\n:X - [0:0]\n-A X -i a\u009bb -m set --match-set s\u009bt src -j DROP\nCOMMIT\n").Rules);
        Assert.Equal(("a\\x9bb", "s\\x9bt src"), (rule.InInterface, rule.MatchSet));
    }

    [Fact]
    public void AnOctalLookingAddressIsReadTheSameForTheWalkAndForPeople()
    {
        NetfilterRule rule = Assert.Single(
            Rulesets.Parse("*filter\n:X - [0:0]\n-A X -d 010.0.0.1/32 -j DROP\nCOMMIT\n").Rules);
        Assert.Equal("010.0.0.1/32", rule.Destination);
        AddressSpan span = Assert.Single(Assert.Single(rule.Program.Ops.OfType<AddressCondition>()).Spans);
        RuleRecord record = rule.Owner.Table.Arena[0];
        Assert.True(
            span.Contains(new NetAddress(false, record.DestinationMask == 0 ? span.First : record.Destination)));
    }

    [Fact]
    public void ManyMayAskAtOnce()
    {
        StringBuilder text = new("*nat\n:X - [0:0]\n");
        for (int i = 0; i < 20_000; i++)
        {
            text.Append(null,
                $"-A X -s 10.{i >> 8 & 255}.{i & 255}.1/32 -p tcp -m comment --comment \"ns/service-{i % 5000}\" -m "
                + $"tcp --dport {i} -j KUBE-SVC-{i % 3000}\n");
        }

        NetfilterRuleset rules = Rulesets.Parse(text.Append("COMMIT\n").ToString());
        string[] one = RoundTripTests.Describe(rules);
        Assert.Equal(20_000, one.Distinct().Count());
        string[][] several = new string[4][];
        Parallel.For(0, several.Length, i => several[i] = RoundTripTests.Describe(rules));
        Assert.All(several, s => Assert.Equal(one, s));
    }

    [Fact]
    public void ARuleIsItsPlaceHoweverOftenItIsAskedFor()
    {
        NetfilterRuleset rules = Rulesets.Recorded("g2.iptables-nft-save.txt");
        NetfilterChain chain = rules.Tables.Single(static t => t.Name == "nat").Find("KUBE-POSTROUTING")!;
        NetfilterRule[] first = [.. chain.Rules], again = [.. chain.Rules];
        Assert.Equal(first, again);
        Assert.Equal(3, first.Concat(again).Distinct().Count());
        Assert.Equal(chain[1], again[1]);
        Assert.NotEqual(first[0], first[1]);
    }
}
