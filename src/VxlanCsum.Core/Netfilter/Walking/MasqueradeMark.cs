using System.Globalization;

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
        uint set = 0, asked = 0;
        string setter = string.Empty, asker = string.Empty;
        foreach (NetfilterTable table in rules.Of(family))
        {
            foreach (string name in (string[])[SetterIptables, SetterNft])
            {
                foreach (NetfilterRule rule in table.Find(name)?.Rules ?? [])
                {
                    if (rule.MarkOperation is { } operation && operation.Apply(0) is > 0 and uint bits)
                    {
                        set |= bits;
                        setter = $"{table.BackendName}'s chain {name}";
                    }
                }
            }

            foreach (string name in (string[])["KUBE-POSTROUTING", "masquerading"])
            {
                foreach (NetfilterRule rule in table.Find(name)?.Rules ?? [])
                {
                    if (rule.Mark is { Mask: > 0 and < uint.MaxValue } match)
                    {
                        asked |= match.Mask;
                        asker = $"{table.BackendName}'s chain {name}";
                    }
                }
            }
        }

        return set != 0 ? new MasqueradeMark(set, setter, false)
            : asked != 0 ? new MasqueradeMark(asked, asker, false)
            : new MasqueradeMark(Default,
                string.Create(CultureInfo.InvariantCulture, $"no rule sets it: kube-proxy's default is assumed"), true);
    }
}
