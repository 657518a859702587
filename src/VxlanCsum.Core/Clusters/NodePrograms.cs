using System.Text.Json;
using VxlanCsum.Text;

namespace VxlanCsum.Clusters;

/// <summary>What a node's pods run: kube-proxy and the network plugin.</summary>
internal sealed class NodePrograms
{
    public bool HasKubeProxy { get; private set; }

    public string? KubeProxy { get; private set; }

    /// <summary>kube-proxy's --proxy-mode; null where its configuration decides.</summary>
    public string? KubeProxyMode { get; private set; }

    public bool HasCalico { get; private set; }

    public string? Calico { get; private set; }

    public bool HasFlannel { get; private set; }

    public string? Flannel { get; private set; }

    public string? OtherCni { get; private set; }

    public string? OtherCniVersion { get; private set; }

    /// <summary>Settings of felix by environment variables, which go before its resources.</summary>
    public FelixSettings Felix { get; private set; } = new();

    /// <summary>How another network plugin carries pods' traffic, by its configuration: "vxlan", "geneve", "none"; null
    /// where that is not told.</summary>
    public string? OtherTunnel(ClusterReading cluster) => OtherCni switch
    {
        "cilium" => cluster.Cilium,
        "antrea" => cluster.Antrea,
        "ovn-kubernetes" => "geneve",
        _ => null,
    };

    /// <summary>Takes over what a Pod runs; nothing where it runs none of these, is no longer there, or is on no node
    /// yet.</summary>
    /// <returns>The pod's node and a change to what is known of it; null where there is nothing to know.</returns>
    public static (string Node, Action<NodePrograms> Change)? From(JsonElement item, Func<string?, string?> intern)
    {
        if (item.Text("spec", "nodeName") is not { } node
            || item.At("metadata", "deletionTimestamp") is { ValueKind: JsonValueKind.String }
            || item.Raw("status", "phase") is "Succeeded" or "Failed")
        {
            return null;
        }

        Action<NodePrograms>? change = null;
        foreach (JsonElement container in item.Objects("spec", "containers"))
        {
            change += OfContainer(container, intern);
        }

        return change is null ? null : (node, change);
    }

    private static Action<NodePrograms>? OfContainer(JsonElement container, Func<string?, string?> intern)
    {
        ContainerImage image = ContainerImage.Parse(container.Raw("image") ?? string.Empty);
        if (ClusterProgram.Of(container.Raw("name") ?? string.Empty, image) is not { } program)
        {
            return null;
        }

        string? version = intern(image.Tag);
        string? mode = program.Kind == ClusterProgramKind.KubeProxy ? intern(ProxyMode(container)) : null;
        FelixSettings felix = program.Kind == ClusterProgramKind.Calico
            ? FelixSettings.FromEnvironment(container) : new();
        return programs => programs.Add(program, version, mode, felix);
    }

    private void Add(ClusterProgram program, string? version, string? mode, FelixSettings felix)
    {
        switch (program.Kind)
        {
            case ClusterProgramKind.KubeProxy:
                (HasKubeProxy, KubeProxy, KubeProxyMode) = (true, version, mode);
                break;
            case ClusterProgramKind.Calico:
                (HasCalico, Calico, Felix) = (true, version, felix);
                break;
            case ClusterProgramKind.Flannel:
                (HasFlannel, Flannel) = (true, version);
                break;
            default:
                (OtherCni, OtherCniVersion) = (program.Name, version);
                break;
        }
    }

    private static string? ProxyMode(JsonElement container)
    {
        const string Option = "--proxy-mode";
        string[] words = [.. container.Strings("command"), .. container.Strings("args")];
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i].StartsWith(Option + "=", StringComparison.Ordinal))
            {
                return KubeProxySettings.ModeName(words[i][(Option.Length + 1)..]);
            }

            if (words[i] == Option && i + 1 < words.Length)
            {
                return KubeProxySettings.ModeName(words[i + 1]);
            }
        }

        return null;
    }
}
