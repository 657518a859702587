using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum;

/// <summary>All the rules of a node, or of a text: every engine and family that was read.</summary>
public sealed class NetfilterRuleset
{
    internal NetfilterRuleset(
        IReadOnlyList<NetfilterTable> tables, IReadOnlyDictionary<string, AddressSet> sets,
        IReadOnlyList<RulesetProblem> problems)
    {
        Tables = tables;
        Sets = sets;
        Problems = problems;
        foreach (NetfilterTable table in tables)
        {
            table.Ruleset = this;
        }
    }

    /// <summary>The tables, in the order they were read.</summary>
    public IReadOnlyList<NetfilterTable> Tables { get; }

    /// <summary>What could not be read.</summary>
    public IReadOnlyList<RulesetProblem> Problems { get; }

    /// <summary>Every backend of a node was read: what is not here does not exist.</summary>
    internal bool IsWholeNode { get; private init; }

    /// <summary>All rules, table by table, chain by chain.</summary>
    public IEnumerable<NetfilterRule> Rules
    {
        get
        {
            foreach (NetfilterTable table in Tables)
            {
                for (int c = 0; c < table.Chains.Count; c++)
                {
                    NetfilterChain chain = table.Chains[c];
                    for (int r = 0; r < chain.Count; r++)
                    {
                        yield return chain.Look(r);
                    }
                }
            }
        }
    }

    /// <summary>The sets of ipset save, by name.</summary>
    internal IReadOnlyDictionary<string, AddressSet> Sets { get; }

    /// <summary>IPv4, unless only IPv6 has rules.</summary>
    internal NetfilterFamily DefaultFamily =>
        Tables.Any(static t => t.Family is NetfilterFamily.IPv4 or NetfilterFamily.Inet)
            || Tables.All(static t => t.Family != NetfilterFamily.IPv6)
            ? NetfilterFamily.IPv4
            : NetfilterFamily.IPv6;

    /// <summary>Which backends of the node, or parts of a text, could not be read, and why: their rules are unknown,
    /// not absent.</summary>
    internal IReadOnlyList<string> Unread { get; init; } = [];

    /// <summary>Rules that a text says are there, and that are in none of the texts.</summary>
    internal IReadOnlyList<HiddenRules> Hidden { get; init; } = [];

    internal NetfilterRuleset AsWholeNode() => new(Tables, Sets, Problems)
    {
        IsWholeNode = Unread.Count == 0,
        Unread = Unread,
    };

    internal NetfilterRuleset Lacking(IReadOnlyList<string> unread) =>
        new(Tables, Sets, Problems) { Unread = [.. Unread, .. unread], Hidden = Hidden };

    internal IEnumerable<NetfilterTable> Of(NetfilterFamily family) =>
        Tables.Where(t => t.Family == family || t.Family == NetfilterFamily.Inet);
}
