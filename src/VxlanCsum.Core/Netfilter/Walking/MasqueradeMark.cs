

namespace VxlanCsum.Netfilter.Walking;

/// <summary>The mark that asks for masquerading, and how it is known.</summary>
internal sealed record MasqueradeMark(uint Bits, string Origin, bool IsAssumed)
{
    /// <summary>kube-proxy's and the kubelet's default masqueradeBit, 14.</summary>
    public const uint Default = 1 << 14;

    private const string SetterIptables = "KUBE-MARK-MASQ";
    private const string SetterNft = "mark-for-masquerade";

    /// <summary>From the chain that sets it; failing that, from the one that asks for it; failing that, the
    /// default.</summary>
    public static MasqueradeMark Derive(NetfilterRuleset rules, NetfilterFamily family)
    {
        (uint set, string setter) = Find(rules.Of(family), [SetterIptables, SetterNft],
            static r => r.MarkOperation is { } operation ? operation.Apply(0) : 0);
        if (set != 0)
        {
            return new MasqueradeMark(set, setter, false);
        }

        (uint asked, string asker) = Find(rules.Of(family), ["KUBE-POSTROUTING", "masquerading"],
            static r => r.Mark is { Mask: > 0 and < uint.MaxValue } match ? match.Mask : 0);
        return asked != 0 ? new MasqueradeMark(asked, asker, false)
            : new MasqueradeMark(Default, "no rule sets it: kube-proxy's default is assumed", true);
    }

    /// <summary>The bits of all rules of these chains, and where the last of them stands.</summary>
    private static (uint Bits, string Where) Find(IEnumerable<NetfilterTable> tables, string[] chains,
        Func<NetfilterRule, uint> bitsOf)
    {
        (uint bits, string where) = (0, string.Empty);
        foreach (NetfilterTable table in tables)
        {
            foreach (string name in chains)
            {
                foreach (uint found in table.Find(name)?.Rules.Select(bitsOf).Where(static b => b != 0) ?? [])
                {
                    (bits, where) = (bits | found, $"{table.BackendName}'s chain {name}");
                }
            }
        }

        return (bits, where);
    }
}
