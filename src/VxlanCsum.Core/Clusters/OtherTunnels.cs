using System.Text.Json;
using VxlanCsum.Text;

namespace VxlanCsum.Clusters;

/// <summary>How Cilium and Antrea carry pods' traffic, from their ConfigMaps: "vxlan", "geneve", or "none".</summary>
internal static class OtherTunnels
{
    /// <returns>Null where the ConfigMap does not tell.</returns>
    public static string? OfCilium(JsonElement map)
    {
        // Up to 1.13 one key said both; since, the default is a tunnel, and its protocol VXLAN.
        if (map.Text("data", "tunnel") is { } tunnel)
        {
            return tunnel == "disabled" ? "none" : Known(tunnel);
        }

        string? mode = map.Text("data", "routing-mode"), protocol = map.Text("data", "tunnel-protocol");
        return mode == "native" ? "none" : mode is null && protocol is null ? null : Known(protocol ?? "vxlan");
    }

    /// <returns>Null where the ConfigMap does not tell.</returns>
    public static string? OfAntrea(JsonElement map)
    {
        if (map.Raw("data", "antrea-agent.conf") is not { } configuration)
        {
            return null;
        }

        string? mode = Setting(configuration, "trafficEncapMode"), protocol = Setting(configuration, "tunnelType");
        return mode is "noEncap" or "networkPolicyOnly" ? "none" : Known(protocol ?? "geneve");
    }

    private static string? Known(string protocol) => protocol is "vxlan" or "geneve" ? protocol : null;

    /// <summary>Of its YAML one line matters: a key at the very left, which is no comment.</summary>
    private static string? Setting(string configuration, string key)
    {
        foreach (ReadOnlySpan<char> line in configuration.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(key, StringComparison.Ordinal) && line[key.Length..] is [':', .. var rest])
            {
                int comment = rest.IndexOf(" #", StringComparison.Ordinal);
                return (comment < 0 ? rest : rest[..comment]).Trim().Trim("\"'").ToString() is { Length: > 0 } value
                    ? value : null;
            }
        }

        return null;
    }
}
