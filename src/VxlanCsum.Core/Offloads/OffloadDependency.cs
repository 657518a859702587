namespace VxlanCsum.Offloads;

/// <summary>Which features the kernel keeps off because others are off (netdev_fix_features in
/// net/core/dev.c).</summary>
internal static class OffloadDependency
{
    private static readonly string[] s_anyIPv4 = ["tx-checksum-ip-generic", "tx-checksum-ipv4"];
    private static readonly string[] s_anyIPv6 = ["tx-checksum-ip-generic", "tx-checksum-ipv6"];
    private static readonly string[] s_generic = ["tx-checksum-ip-generic"];
    private static readonly string[] s_received = ["rx-checksum"];
    private static readonly string[] s_scatter = ["tx-scatter-gather"];

    /// <summary>Each needs one of every set of features listed for it.</summary>
    private static readonly Dictionary<string, string[][]> s_needs = new(StringComparer.Ordinal)
    {
        ["tx-tcp-segmentation"] = [s_scatter, s_anyIPv4],
        ["tx-tcp6-segmentation"] = [s_scatter, s_anyIPv6],
        ["tx-tcp-ecn-segmentation"] = [s_scatter, ["tx-tcp-segmentation", "tx-tcp6-segmentation"]],
        ["tx-tcp-mangleid-segmentation"] = [s_scatter, ["tx-tcp-segmentation"]],
        ["tx-tcp-accecn-segmentation"] = [s_scatter],
        ["tx-udp-segmentation"] = [s_anyIPv4, s_anyIPv6],
        ["tx-generic-segmentation"] = [s_scatter],
        ["tx-udp-fragmentation"] = [s_scatter, s_anyIPv4],
        ["tls-hw-tx-offload"] = [s_generic],
        ["tls-hw-rx-offload"] = [s_received],
        ["rx-gro-hw"] = [s_received],
    };

    /// <summary>What a feature that stayed off lacks, given the state of all; null where nothing known is
    /// missing.</summary>
    public static string? Lacking(string name, IReadOnlyList<OffloadFeature> features)
    {
        if (!s_needs.TryGetValue(name, out string[][]? needs))
        {
            return null;
        }

        foreach (string[] any in needs)
        {
            if (!features.Any(f => f.Active && any.Contains(f.Name)))
            {
                return string.Join(" or ",
                    any.Where(n => features.Any(f => f.Name == n && f.Fixed is not true)).DefaultIfEmpty(any[0]));
            }
        }

        return null;
    }
}
