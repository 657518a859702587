using VxlanCsum.Netfilter.Walking;

namespace VxlanCsum.Mitigations;

/// <summary>All that the planner knows of a node.</summary>
internal sealed record NodeFacts
{
    /// <summary>The VXLAN devices.</summary>
    public IReadOnlyList<VxlanInterface> Tunnels { get; init; } = [];

    /// <summary>The numbers of devices by name.</summary>
    public IReadOnlyDictionary<string, int> Indexes { get; init; } = new Dictionary<string, int>();

    /// <summary>The features of the tunnel devices and of those below, by device.</summary>
    public IReadOnlyDictionary<string,
        IReadOnlyList<OffloadFeature>> Features
    { get; init; } = new Dictionary<string,
            IReadOnlyList<OffloadFeature>>();

    /// <summary>The rules; null where they could not be read.</summary>
    public NetfilterRuleset? Rules { get; init; }

    /// <summary>What to walk through the rules to see whether tunnel packets are translated.</summary>
    public IReadOnlyList<TraceRequest> Walks { get; init; } = [];

    /// <summary>Why the rules could not be read.</summary>
    public string? RulesProblem { get; init; }

    /// <summary>The routes of the main table, by family.</summary>
    public IReadOnlyDictionary<NetfilterFamily,
        IReadOnlyList<NodeRoute>> Routes
    { get; init; } = new Dictionary<NetfilterFamily, IReadOnlyList<NodeRoute>>();

    /// <summary>The networks of the service addresses, such as "10.96.0.0/12".</summary>
    public IReadOnlyList<string> ServiceNetworks { get; init; } = [];

    /// <summary>The iptables programs that are there.</summary>
    public IReadOnlyDictionary<(NetfilterBackend Backend, NetfilterFamily Family), string> Iptables { get; init; } =
        new Dictionary<(NetfilterBackend, NetfilterFamily), string>();

    /// <summary>Whether conntrack(8) is there.</summary>
    public bool HasConntrack { get; init; }

    /// <summary>Seconds that iptables is to wait for the xtables lock.</summary>
    public int LockSeconds { get; init; } = 10;

    /// <summary>How felix's configuration is reached, and what it says.</summary>
    public FelixFacts? Felix { get; init; }

    public bool Has(NetfilterBackend backend, NetfilterFamily family, string table, string chain) =>
        Chain(backend, family, table, chain) is { Count: > 0 };

    public NetfilterChain? Chain(NetfilterBackend backend, NetfilterFamily family, string table, string chain) =>
        Rules?.Tables.LastOrDefault(t => t.Backend == backend && t.Family == family && t.Name == table)?.Find(chain);

    /// <summary>The engines whose nat table holds kube-proxy's masquerading for a family.</summary>
    public IReadOnlyList<NetfilterBackend> KubeBackends(NetfilterFamily family) =>
        [.. new[] { NetfilterBackend.IptablesNft, NetfilterBackend.IptablesLegacy }.Where(
            b => Has(b, family, "nat", "KUBE-POSTROUTING"))];

    /// <summary>kube-proxy masquerades by its own nftables tables.</summary>
    public bool HasNativeKube => HasNativeKubeOf(NetfilterFamily.IPv4) || HasNativeKubeOf(NetfilterFamily.IPv6);

    /// <summary>kube-proxy masquerades packets of this family by an nftables table of its own.</summary>
    public bool HasNativeKubeOf(NetfilterFamily family) =>
        Rules?.Tables.Any(
            t => t.Backend == NetfilterBackend.Nftables && t.Name == "kube-proxy"
                && (t.Family == family || t.Family == NetfilterFamily.Inet)) ?? false;

    /// <summary>The families of services that kube-proxy serves; failing that, the rules' own. Not to be asked without
    /// rules.</summary>
    public IReadOnlyList<NetfilterFamily> ServiceFamilies()
    {
        NetfilterFamily[] served =
        [
            .. ((NetfilterFamily[])[NetfilterFamily.IPv4, NetfilterFamily.IPv6])
                .Where(f => KubeBackends(f).Count > 0 || HasNativeKubeOf(f)),
        ];
        return served.Length > 0 ? served : [Rules!.DefaultFamily];
    }

    /// <summary>The mark that asks for masquerading; null where no rule of either family speaks of one.</summary>
    public uint? Mark(NetfilterFamily family)
    {
        if (Rules is null)
        {
            return null;
        }

        MasqueradeMark mark = MasqueradeMark.Derive(Rules, family);
        if (mark.IsAssumed)
        {
            // A service packet of one family can travel in a tunnel of the other.
            mark = MasqueradeMark.Derive(Rules,
                family == NetfilterFamily.IPv4 ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4);
        }

        return mark.IsAssumed ? null : mark.Bits;
    }

    /// <summary>
    /// The iptables program to change a family's rules with: of the engine that kube-proxy uses, failing that of
    /// nf_tables, whose tables every kernel of today has.
    /// </summary>
    public (NetfilterBackend Backend, string Tool)? ToolFor(NetfilterFamily family)
    {
        NetfilterFamily other = family == NetfilterFamily.IPv4 ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4;
        foreach (NetfilterBackend backend in (NetfilterBackend[])[.. KubeBackends(family), .. KubeBackends(other),
            NetfilterBackend.IptablesNft, NetfilterBackend.IptablesLegacy])
        {
            if (Iptables.TryGetValue((backend, family), out string? tool))
            {
                return (backend, tool);
            }
        }

        return null;
    }
}

/// <summary>Felix's configuration.</summary>
/// <param name="Tool">kubectl.</param>
/// <param name="Override">featureDetectOverride as it is; null for none.</param>
internal sealed record FelixFacts(string Tool, string? Override);
