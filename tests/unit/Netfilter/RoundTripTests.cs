using System.Text;
using VxlanCsum.Captures.Files;
using VxlanCsum.Clusters;
using Xunit;

namespace VxlanCsum.UnitTests.Netfilter;

public sealed class RoundTripTests
{
    public static TheoryData<string> Saves() =>
        [.. Directory.GetFiles(TestData.PathOf("rules"), "*-save.txt").Append("both-stale-legacy.txt")
            .Select(static f => Path.GetFileName(f)!).Order()];

    [Theory]
    [MemberData(nameof(Saves))]
    public void WhatIptablesSavedComesOutByteForByte(string file) =>
        Assert.Equal(
            File.ReadAllText(TestData.PathOf("rules", file)),
            Encoding.UTF8.GetString(Rulesets.Print(Rulesets.Recorded(file))));

    [Theory]
    [MemberData(nameof(Saves))]
    public void TheTextOfEachRuleIsItsLine(string file)
    {
        string[] lines = File.ReadAllLines(TestData.PathOf("rules", file));
        foreach (NetfilterRule rule in Rulesets.Recorded(file).Rules)
        {
            Assert.EndsWith(rule.Text, lines[rule.Line - 1], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("-A  X   -p  tcp\t-j ACCEPT", "-A X -p tcp -j ACCEPT")]
    [InlineData("-A X -s ! 10.0.0.0/8 -p ! tcp -j DROP", "-A X ! -s 10.0.0.0/8 ! -p tcp -j DROP")]
    [InlineData("-A X -c 5 60 -j ACCEPT", "-A X -j ACCEPT")]
    [InlineData("[5:60] -A X -j ACCEPT", "-A X -j ACCEPT")]
    [InlineData("-A X -m tcp ! --syn -j ACCEPT", "-A X -m tcp ! --syn -j ACCEPT")]
    [InlineData("-A X -m comment --comment \"a \\\"b\\\" \\\\ c\" -j ACCEPT",
        "-A X -m comment --comment \"a \\\"b\\\" \\\\ c\" -j ACCEPT")]
    [InlineData("-A X -m comment --comment -j -j ACCEPT", "-A X -m comment --comment -j -j ACCEPT")]
    [InlineData("-A X -m newmatch --strange a b c --flag -j NEWTARGET --odd \"x y\"",
        "-A X -m newmatch --strange a b c --flag -j NEWTARGET --odd \"x y\"")]
    public void WritingMakesCanonicalAndParsesToTheSame(string line, string canonical)
    {
        string before = $"*filter\n:X - [0:0]\n{line}\nCOMMIT\n";
        NetfilterRuleset first = Rulesets.Parse(before);
        Assert.Empty(first.Problems);
        Assert.Equal(canonical, Assert.Single(first.Rules).Text);
        string printed = Encoding.UTF8.GetString(Rulesets.Print(first));
        NetfilterRuleset second = Rulesets.Parse(printed);
        Assert.Equal(Describe(first), Describe(second));
        Assert.Equal(printed, Encoding.UTF8.GetString(Rulesets.Print(second)));
    }

    internal static string[] Describe(NetfilterRuleset rules) =>
    [
        .. rules.Rules.Select(static r => string.Join(
            " | ", r.Family, r.Table, r.Chain, r.Number, r.Packets, r.Bytes, r.Comment, r.Protocol, r.Source,
            r.Destination, r.InInterface,
            r.OutInterface, r.Mark, r.MatchSet, string.Join(";", r.Matches), r.Target, r.IsGoto, r.MarkOperation,
            r.RandomFully, r.Text)),
    ];
}
