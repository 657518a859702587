using VxlanCsum.Netfilter;

namespace VxlanCsum;

/// <summary>All the rules of a node, or of a text: every engine and family that was read.</summary>
public sealed class NetfilterRuleset
{
    internal NetfilterRuleset(
        IReadOnlyList<NetfilterTable> tables, IReadOnlyDictionary<string, AddressSet> sets, IReadOnlyList<RulesetProblem> problems)
    {
        Tables = tables;
        Sets = sets;
        Problems = problems;
    }

    /// <summary>The tables, in the order they were read.</summary>
    public IReadOnlyList<NetfilterTable> Tables { get; }

    /// <summary>What could not be read.</summary>
    public IReadOnlyList<RulesetProblem> Problems { get; }

    /// <summary>All rules, table by table, chain by chain.</summary>
    public IEnumerable<NetfilterRule> Rules => Tables.SelectMany(static t => t.Chains).SelectMany(static c => c.Rules);

    /// <summary>The sets of ipset save, by name.</summary>
    internal IReadOnlyDictionary<string, AddressSet> Sets { get; }

    internal IEnumerable<NetfilterTable> Of(NetfilterFamily family) =>
        Tables.Where(t => t.Family == family || t.Family == NetfilterFamily.Inet);
}
