namespace VxlanCsum.Netfilter.Walking;

/// <summary>Names that network plugins give their VXLAN devices.</summary>
internal static class TunnelDevices
{
    private static readonly string[] s_beginnings = ["vxlan", "flannel.", "flannel-v6.", "cilium_vxlan", "vx",
        "kube-vxlan"];

    /// <summary>The one that the rules before and behind a jump of POSTROUTING speak of; null where there is none, or
    /// several.</summary>
    public static string? Derive(IReadOnlyList<NetfilterTable> tables)
    {
        const int LookedAt = 64;
        string[] found = [.. ChainGraph.Reachable(tables, "POSTROUTING").Take(LookedAt)
            .SelectMany(static c => c.Rules.Take(LookedAt))
            .Select(static r => r.OutInterface)
            .OfType<string>()
            .Where(static n => Array.Exists(s_beginnings, b => n.StartsWith(b, StringComparison.Ordinal)))
            .Distinct(StringComparer.Ordinal)];
        return found is [var one] && !one.EndsWith('+') && !one.EndsWith('*') ? one : null;
    }
}
