using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Walking;

/// <summary>The pod network as the rules name it: so far as it is known, addresses of nodes are outside of
/// it.</summary>
internal static class PodNetworks
{
    // Every service repeats the same network; a node has tens of thousands of them.
    private const int LookedAt = 200;

    public static IReadOnlyList<AddressSpan> Derive(NetfilterRuleset rules, NetfilterFamily family)
    {
        var found = new HashSet<AddressSpan>();
        foreach (NetfilterTable table in rules.Of(family))
        {
            // flanneld's rules are all about it; kube-proxy marks what does not come from it.
            Add(found, table.Find("FLANNEL-POSTRTG"), static r => r.Mark is null);
            Add(found, table.Find("POSTROUTING"), static r => r.Comment == "flanneld masq");
            Add(found, table.Find("KUBE-SERVICES"), Marks, negatedSourceOnly: true);

            // kube-proxy 1.36, nftables.
            Add(found, table.Find("services"), Marks, negatedSourceOnly: true);

            // Since 1.21 each service's own chain says it: any of them will do.
            foreach (NetfilterChain chain in table.Chains.Take(100 * LookedAt)
                .Where(static c => c.Name8.StartsWith("KUBE-SVC-"u8) || c.Name8.StartsWith("service-"u8))
                .Take(LookedAt))
            {
                if (found.Count > 0)
                {
                    break;
                }

                Add(found, chain, Marks, negatedSourceOnly: true);
            }
        }

        foreach (string set in (string[])["cali40all-ipam-pools", "cali60all-ipam-pools"])
        {
            foreach (string member in rules.Sets.GetValueOrDefault(set)?.Members ?? [])
            {
                if (AddressSpan.TryParse(member.Split(' ')[0], out AddressSpan span))
                {
                    found.Add(span);
                }
            }
        }

        return [.. found];
    }

    private static void Add(HashSet<AddressSpan> found, NetfilterChain? chain, Predicate<NetfilterRule> wanted,
        bool negatedSourceOnly = false)
    {
        foreach (NetfilterRule rule in (chain?.Rules ?? []).Take(LookedAt))
        {
            if (!wanted(rule))
            {
                continue;
            }

            foreach (AddressCondition condition in rule.Program.Ops.OfType<AddressCondition>())
            {
                if (negatedSourceOnly && !(condition.IsSource && condition.Negated))
                {
                    continue;
                }

                // 224.0.0.0/4 stands in flannel's rules too.
                found.UnionWith(condition.Spans.Where(static s => !s.IsSingle && !IsMulticast(s)));
            }
        }
    }

    // Since kube-proxy 1.36 the mark is set in the rule itself.
    private static bool Marks(NetfilterRule rule) =>
        rule.Target is "KUBE-MARK-MASQ" or "mark-for-masquerade" || rule.MarkOperation is not null;

    private static bool IsMulticast(AddressSpan span) =>
        span.First >> (span.V6 ? 120 : 28) == (UInt128)(span.V6 ? 0xff : 0xe);
}
