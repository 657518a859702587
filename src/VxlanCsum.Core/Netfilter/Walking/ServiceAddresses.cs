using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Walking;

/// <summary>The addresses of services as kube-proxy's own tables name them: a tunnel's packet goes to a node, which has
/// none of them.</summary>
internal static class ServiceAddresses
{
    // Not service-ips: it holds external addresses, too, and a node may have those.
    private const string ClusterAddresses = "cluster-ips";

    public static IReadOnlySet<NetAddress> Derive(NetfilterRuleset rules, NetfilterFamily family)
    {
        var found = new HashSet<NetAddress>();
        foreach (NetfilterTable table in rules.Of(family).Where(static t => t.Backend == NetfilterBackend.Nftables))
        {
            foreach ((string[] key, _) in table.Sets.TryGetValue(ClusterAddresses, out NftSet? set) ? set.Elements : [])
            {
                if (key is [var text] && NetAddress.TryParse(text, out NetAddress address))
                {
                    found.Add(address);
                }
            }
        }

        return found;
    }
}
