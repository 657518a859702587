using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Walking;

/// <summary>The counters of a chain's rules at one time.</summary>
internal sealed class ChainCount
{
    private readonly (string Text, long Packets)[] _rules;
    private readonly int _unconditional;

    private ChainCount((string Text, long Packets)[] rules, int unconditional) =>
        (_rules, _unconditional) = (rules, unconditional);

    /// <summary>Null where a rule has no counter.</summary>
    public static ChainCount? Of(NetfilterChain chain)
    {
        NetfilterRule[] rules = [.. chain];
        return rules.Length > 0 && Array.TrueForAll(rules, static r => r.Packets is not null)
            ? new ChainCount([.. rules.Select(static r => (r.Text, r.Packets!.Value))],
                Array.FindIndex(rules, static r => !Array.Exists(r.Program.Ops, static o => o is RuleCondition)))
            : null;
    }

    /// <summary>Packets that came into the chain until then, at least: no rule counts one twice. Null where the rules
    /// are others then, or counters began anew.</summary>
    public long? AtLeast(ChainCount later) => Increase(later)?.Max();

    /// <summary>
    /// Packets that came into the chain until then, at most: what reached the first rule that asks nothing, and what
    /// the rules before it may have kept from it. Null where there is no such rule, and as above.
    /// </summary>
    public long? AtMost(ChainCount later) =>
        _unconditional < 0 ? null : Increase(later)?.Take(_unconditional + 1).Sum();

    private long[]? Increase(ChainCount later)
    {
        if (!_rules.Select(static r => r.Text).SequenceEqual(later._rules.Select(static r => r.Text)))
        {
            return null;
        }

        long[] increase = [.. later._rules.Zip(_rules, static (after, before) => after.Packets - before.Packets)];
        return Array.Exists(increase, static i => i < 0) ? null : increase;
    }
}
