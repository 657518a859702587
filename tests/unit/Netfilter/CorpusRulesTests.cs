using VxlanCsum.Captures.Files;
using VxlanCsum.Clusters;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using Xunit;

namespace VxlanCsum.UnitTests.Netfilter;

/// <summary>Public rulesets, where they are there: each is read, and each line that is not is explained.</summary>
public sealed class CorpusRulesTests
{
    [Fact]
    public void EveryPublicRulesetIsReadAndEachUnreadableLineExplained()
    {
        string folder = TestData.Corpus("rules");
        string[] files = [.. Directory.GetFiles(folder).Where(static f => !f.EndsWith(".tsv", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];
        Assert.True(files.Length > 300, $"{files.Length} files in {folder}");
        int rules = 0;
        foreach (string file in files)
        {
            var reader = new RulesetReader();
            using FileStream stream = File.OpenRead(file);
            reader.Read(stream, file);
            NetfilterRuleset ruleset = reader.Build();
            string name = Path.GetFileName(file);
            Assert.NotEmpty(ruleset.Tables);
            Assert.All(ruleset.Problems, p => Assert.True(p.Reason.Length > 0 && p.ErrorId.Length > 0, name));

            // What is not read is a table that ends early, or what stands around a text that was cut out of a script.
            Assert.All(ruleset.Problems, p => Assert.True(
                p.ErrorId is RulesetErrorId.Incomplete or RulesetErrorId.OutsideTable
                || (p.ErrorId == RulesetErrorId.LineUnreadable && p.Text.StartsWith('"')),
                p.ToString()));

            int expected = File.ReadLines(file)
                .Count(static l => l.TrimStart() is ['-', 'A' or 'I', ' ', ..] or ['[', ..]
                    && l.Contains(" -A ", StringComparison.Ordinal) | l.TrimStart().StartsWith('-'));
            if (!name.Contains("nft", StringComparison.Ordinal))
            {
                Assert.True(expected == ruleset.Rules.Count(),
                    $"{name}: {expected} rules, {ruleset.Rules.Count()} read");
            }

            foreach (NetfilterRule rule in ruleset.Rules)
            {
                Assert.DoesNotContain(rule.Text, char.IsControl);
                Assert.NotNull(rule.Matches);
                rules++;
            }

            Assert.NotEmpty(Rulesets.Trace(ruleset).Explanation);
        }

        Assert.True(rules > 3000, $"{rules} rules");
    }

    [Fact]
    public void WritingThemAndReadingThemAgainChangesNothing()
    {
        foreach (string file in Directory.GetFiles(TestData.Corpus("rules"), "*.iptables-*"))
        {
            var reader = new RulesetReader();
            using FileStream stream = File.OpenRead(file);
            reader.Read(stream, file);
            NetfilterRuleset first = reader.Build();
            NetfilterRuleset second = Rulesets.Parse(System.Text.Encoding.UTF8.GetString(Rulesets.Print(first)));
            Assert.Equal(first.Rules.Select(static r => $"{r.Table} {r.Text} {r.Target} {r.Protocol} {r.Source}"),
                second.Rules.Select(static r => $"{r.Table} {r.Text} {r.Target} {r.Protocol} {r.Source}"));
        }
    }
}
