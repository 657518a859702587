using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Walking;

/// <summary>What the branches of a walk hang on: chains that are jumped to and sets of ipset which the text does not
/// have, and whether packets differ in it.</summary>
internal sealed class OpenParts(
    TraceRequest request, IReadOnlyList<(TracedEnd End, TraceVerdict Verdict)> sent, SetMembers sets)
{
    private static readonly string[] s_chances = ["statistic", "limit", "hashlimit", "connlimit", "quota", "recent",
        "time", "rateest", "numgen", "jhash", "symhash"];

    /// <summary>
    /// Sets on which it hangs whether a MASQUERADE meets the tunnel's packet that is harmless by luck alone: nothing is
    /// known of the addresses of the interface.
    /// </summary>
    public IReadOnlyList<string> SetsOfLuck => request is { KeepsSource: null, MasqueradeAddress: null }
        ? Sets(sent.Where(static s => s.End.Outer is { HasConnection: true, Translation: Translation.Kept })) : [];

    /// <summary>One packet may be translated and the next not: by chance, by their ports or by where they go. Then none
    /// that is seen speaks for the others.</summary>
    public bool VariesByPacket => Assumed(sent).Any(static r =>
        Array.Exists(r.Program.Ops, static o => o is RuleCondition { VariesByPacket: true } or VerdictMapAction)
        || r.Matches.Any(static m => Array.Exists(s_chances, c => m.Name == c || m.Text.StartsWith(c + " ",
            StringComparison.Ordinal))));

    /// <summary>Each with the command that shows it.</summary>
    public IEnumerable<string> DescribeMissing()
    {
        foreach (NetfilterRule rule in sent.SelectMany(static s => new[] { s.End.Inner.LostAt, s.End.Outer!.LostAt })
            .OfType<NetfilterRule>().Distinct())
        {
            if (rule.Program.Find<JumpAction>() is { To: null } jump)
            {
                yield return $"chain {jump.Chain} is missing from table {rule.Table}; `{rule.Owner.Table.SaveCommand}` "
                    + "shows it";
            }
        }

        foreach (NetfilterChain chain in sent.SelectMany(static s => new[] { s.End.Inner.CutIn, s.End.Outer!.CutIn })
            .OfType<NetfilterChain>().Distinct())
        {
            yield return $"the text ends {(chain.Count > 0 ? "in" : "before the rules of")} chain {chain.Name}, and "
                + $"may be cut there; `{chain.Table.SaveCommand}` shows all of it";
        }

        string[] missing = Sets(sent);
        if (missing.Length > 0)
        {
            (string what, string be) = missing.Length == 1 ? ("set", "is") : ("sets", "are");
            yield return $"{what} {string.Join(", ", missing.Take(4))}{(missing.Length > 4 ? ", ..." : "")} {be} asked "
                + "for and not in the text; `ipset save` shows them";
        }
    }

    private string[] Sets(IEnumerable<(TracedEnd End, TraceVerdict Verdict)> ends) =>
        [.. Assumed(ends).SelectMany(static r => r.Program.Ops.OfType<SetCondition>())
            .Where(c => c.IsMissing(sets)).Select(static c => c.Name).Distinct(StringComparer.Ordinal)];

    /// <summary>Those of which it was assumed that they match, or do not.</summary>
    private static IEnumerable<NetfilterRule> Assumed(IEnumerable<(TracedEnd End, TraceVerdict Verdict)> ends) =>
        ends.SelectMany(static s => Assumed(s.End.Inner).Concat(Assumed(s.End.Outer!))).Distinct();

    private static IEnumerable<NetfilterRule> Assumed(WalkState state)
    {
        for (Assumption? assumption = state.Assumed; assumption is not null; assumption = assumption.Before)
        {
            if (assumption.Rule is { } rule)
            {
                yield return rule;
            }
        }
    }
}
