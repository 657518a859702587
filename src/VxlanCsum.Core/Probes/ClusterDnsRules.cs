using System.Net;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Probes;

/// <summary>The service addresses of the cluster's DNS, from kube-proxy's rules.</summary>
internal static class ClusterDnsRules
{
    private const string Services = "KUBE-SERVICES", NftTable = "kube-proxy", NftServices = "service-ips",
        IpvsServices = "KUBE-CLUSTER-IP";

    /// <summary>Whether a chain has to be read for it.</summary>
    public static bool Concerns(string table, string chain) => chain == Services || table == NftTable;

    /// <summary>The addresses that serve port 53: those whose rule names DNS, failing that all.</summary>
    public static IReadOnlyList<IPAddress> Find(NetfilterRuleset rules)
    {
        List<(IPAddress Address, bool Named)> found = [.. Iptables(rules), .. Nft(rules), .. Ipvs(rules)];
        bool anyNamed = found.Exists(static f => f.Named);
        return [.. found.Where(f => f.Named || !anyNamed).Select(static f => f.Address).Distinct()];
    }

    private static IEnumerable<(IPAddress, bool)> Iptables(NetfilterRuleset rules) =>
        rules.Tables.Where(static t => t.Name == "nat")
        .Select(static t => t.Find(Services)).OfType<NetfilterChain>().SelectMany(static c => c.Rules)
        .Where(static r => r.Matches.Any(static m => m.Text.Split(' ') is [.., "--dport", "53" or "domain"]))
        .SelectMany(static r => Single(r.Destination).Select(a => (a, IsDns(r.Comment))));

    // Elements: address . protocol . port : goto service-<hash>-<namespace>/<name>/<protocol>/<port's name>.
    private static IEnumerable<(IPAddress, bool)> Nft(NetfilterRuleset rules) =>
        rules.Tables.Where(static t => t.Backend == NetfilterBackend.Nftables && t.Name == NftTable)
        .SelectMany(static t => t.Sets.TryGetValue(NftServices, out NftSet? set) ? set.Elements : [])
        .Where(static e => e.Key is [_, _, "53" or "domain"])
        .SelectMany(static e => Single(e.Key[0]).Select(a => (a, IsDns(e.Data))));

    // Members: address,protocol:port; they bear no names.
    private static IEnumerable<(IPAddress, bool)> Ipvs(NetfilterRuleset rules) => rules.Sets.Values
        .Where(static s => s.Name is IpvsServices or "KUBE-6-CLUSTER-IP")
        .SelectMany(static s => s.Members)
        .Where(static m => m.Split(' ')[0].EndsWith(":53", StringComparison.Ordinal))
        .SelectMany(static m => Single(m.Split(',')[0]).Select(static a => (a, false)));

    private static IEnumerable<IPAddress> Single(string? address) =>
        address is not null && AddressSpan.TryParse(address, out AddressSpan span) && span.IsSingle
            ? [new NetAddress(span.V6, span.First).ToIPAddress()] : [];

    private static bool IsDns(string? text) => text?.Contains("dns", StringComparison.OrdinalIgnoreCase) ?? false;
}
