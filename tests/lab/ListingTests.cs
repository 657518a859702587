using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;

namespace VxlanCsum.LabTests;

/// <summary>
/// The same rules, as iptables itself lists them and as it saves them: each form of `iptables -L` is read as the rules
/// that
/// `iptables -S` shows, and where it shows less, less is decided and nothing else.
/// </summary>
public sealed class ListingTests
{
    private static readonly string[] s_tables = ["raw", "mangle", "nat"];

    public static TheoryData<string, string> Rulesets => KubePostroutingTests.Rulesets();

    [Theory]
    [MemberData(nameof(Rulesets))]
    public void AListingIsReadAsTheRulesThatItLists(string scenario, string tool)
    {
        using KubeLab lab = KubeLab.Create(v6: tool.StartsWith("ip6", StringComparison.Ordinal),
            device: KubeLab.DeviceOf(scenario));
        lab.LoadSets(scenario, tool);
        lab.Load($"{scenario}.{tool}-save.txt", tool);
        NetfilterRuleset saved = Read(lab, tool, "-S");
        string[] expected = [.. saved.Rules.Select(r => Facts(r, interfaces: true))],
            without = [.. saved.Rules.Select(r => Facts(r, interfaces: false))];
        Assert.NotEmpty(expected);
        TraceVerdict verdict = Verdict(saved);
        foreach (string form in (string[])["-L -n -v", "-L -v", "-nvL --line-numbers", "-L -n -v -x"])
        {
            NetfilterRuleset listed = Read(lab, tool, form);
            Assert.Empty(listed.Problems);
            Assert.Equal(expected, listed.Rules.Select(r => Facts(r, interfaces: true)));
            Assert.Equal(verdict, Verdict(listed));
        }

        foreach (string form in (string[])["-L -n", "-L", "-L --line-numbers -n"])
        {
            NetfilterRuleset listed = Read(lab, tool, form);
            Assert.Empty(listed.Problems);
            Assert.Equal(without, listed.Rules.Select(r => Facts(r, interfaces: false)));
            Assert.Contains(Verdict(listed), (TraceVerdict[])[verdict, TraceVerdict.Undecided]);
        }
    }

    private static NetfilterRuleset Read(KubeLab lab, string tool, string form) =>
        RulesetReader.Read(string.Concat(s_tables.Select(table =>
        $"root@node:~# {tool} -t {table} "
        + $"{form}\n{lab.Node.Run(tool, ["-w", "20", "-t", table, .. form.Split(' ')])}\n")));

    private static TraceVerdict Verdict(NetfilterRuleset rules) =>
        Tracer.Trace(rules, new TraceRequest { Family = rules.DefaultFamily },
            TestContext.Current.CancellationToken).Verdict;

    private static string Facts(NetfilterRule rule, bool interfaces) => string.Join(' ',
        rule.Table, rule.Chain, rule.Number, rule.Target, rule.IsGoto, Protocol(rule.Protocol), rule.Source,
        rule.Destination,
        interfaces ? $"{rule.InInterface} {rule.OutInterface}" : "", rule.Mark, rule.MarkOperation, rule.MatchSet,
        rule.RandomFully, rule.Comment);

    private static string? Protocol(string? name) =>
        name is null ? null : name.StartsWith("! ", StringComparison.Ordinal) ? "! " + IpProtocol.Parse(name.AsSpan(2))
            : IpProtocol.Parse(name)?.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
