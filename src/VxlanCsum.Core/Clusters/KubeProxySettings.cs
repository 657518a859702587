using System.Text.Json;
using VxlanCsum.Text;

namespace VxlanCsum.Clusters;

/// <summary>kube-proxy's mode, from its configuration in the ConfigMap that kubeadm writes.</summary>
internal static class KubeProxySettings
{
    /// <summary>The mode of a configuration file's text, YAML or JSON; null where it is neither.</summary>
    /// <remarks>Of YAML one line matters, a key at the very left, as every program writes this file.</remarks>
    public static string? Mode(string configuration)
    {
        if (configuration.AsSpan().TrimStart().StartsWith("{", StringComparison.Ordinal))
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(configuration);
                return ModeName(document.RootElement.Raw("mode") ?? string.Empty);
            }
            catch (JsonException)
            {
                return null;
            }
        }

        if (!configuration.Contains("KubeProxyConfiguration", StringComparison.Ordinal))
        {
            return null;
        }

        string value = string.Empty;
        foreach (ReadOnlySpan<char> line in configuration.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("mode:", StringComparison.Ordinal))
            {
                ReadOnlySpan<char> rest = line["mode:".Length..];
                int comment = rest.IndexOf(" #", StringComparison.Ordinal);
                value = (comment < 0 ? rest : rest[..comment]).Trim().Trim("\"'").ToString();
            }
        }

        return ModeName(value is "null" or "~" ? string.Empty : value);
    }

    /// <summary>A mode's name; on Linux iptables where none is set.</summary>
    public static string? ModeName(string mode) => mode switch
    {
        "" or "iptables" => "iptables",
        "ipvs" or "nftables" or "userspace" or "kernelspace" => mode,
        _ => null,
    };
}
