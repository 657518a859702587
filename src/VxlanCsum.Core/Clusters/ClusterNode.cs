using System.Net;
using System.Text.Json;
using VxlanCsum.Text;

namespace VxlanCsum.Clusters;

/// <summary>What a Node object says.</summary>
/// <remarks>All of a node that is kept: some hundred bytes of the ten thousand or more that the API sends.</remarks>
internal sealed record ClusterNode(string Name)
{
    public string? Kernel { get; init; }

    public string? OSImage { get; init; }

    public string? OperatingSystem { get; init; }

    public string? Kubelet { get; init; }

    /// <summary>The kubelet's guess, which is its own version; no longer sent since 1.33 (KEP-4004).</summary>
    public string? KubeProxyClaim { get; init; }

    public string? Runtime { get; init; }

    /// <summary>flannel's annotation on the node, such as "vxlan" or "host-gw".</summary>
    public string? FlannelBackend { get; init; }

    /// <summary>Whether Calico gave the node an address for its VXLAN device.</summary>
    public bool HasCalicoTunnelAddress { get; init; }

    /// <summary>The addresses by which the other nodes know it (InternalIP).</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>The file or context; null for text from the pipeline.</summary>
    public string? Source { get; init; }

    /// <param name="item">A Node.</param>
    /// <param name="intern">Gives one copy of a text that many nodes share.</param>
    /// <returns>Null where it has no name.</returns>
    public static ClusterNode? From(JsonElement item, Func<string?, string?> intern)
    {
        if (item.Text("metadata", "name") is not { } name)
        {
            return null;
        }

        return new ClusterNode(name)
        {
            Kernel = intern(item.Text("status", "nodeInfo", "kernelVersion")),
            OSImage = intern(item.Text("status", "nodeInfo", "osImage")),
            OperatingSystem = intern(item.Text("status", "nodeInfo", "operatingSystem")),
            Kubelet = intern(item.Text("status", "nodeInfo", "kubeletVersion")),
            KubeProxyClaim = intern(item.Text("status", "nodeInfo", "kubeProxyVersion")),
            Runtime = intern(item.Text("status", "nodeInfo", "containerRuntimeVersion")),
            FlannelBackend = intern(item.Text("metadata", "annotations", "flannel.alpha.coreos.com/backend-type")),
            HasCalicoTunnelAddress = item.Text("metadata", "annotations",
                "projectcalico.org/IPv4VXLANTunnelAddr") is not null
                || item.Text("metadata", "annotations", "projectcalico.org/IPv6VXLANTunnelAddr") is not null,
            Addresses = [.. item.Objects("status", "addresses")
                .Where(static a => a.Raw("type") == "InternalIP")
                .Select(static a => IPAddress.TryParse(a.Raw("address"), out IPAddress? address) ? address : null)
                .OfType<IPAddress>().Take(8)],
        };
    }
}
