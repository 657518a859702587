namespace VxlanCsum.Clusters;

/// <summary>What runs on every node and matters here, told by its container.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">As people call it.</param>
internal sealed record ClusterProgram(ClusterProgramKind Kind, string Name)
{
    // By the container's name first: mirrors and hardened images are renamed at will, the containers of the published
    // manifests are not.
    private static readonly Dictionary<string, ClusterProgram> s_byContainer = new(StringComparer.Ordinal)
    {
        ["kube-proxy"] = new(ClusterProgramKind.KubeProxy, "kube-proxy"),
        ["calico-node"] = new(ClusterProgramKind.Calico, "calico"),
        ["kube-flannel"] = new(ClusterProgramKind.Flannel, "flannel"),
        ["cilium-agent"] = new(ClusterProgramKind.OtherCni, "cilium"),
        ["antrea-agent"] = new(ClusterProgramKind.OtherCni, "antrea"),
        ["weave"] = new(ClusterProgramKind.OtherCni, "weave"),
        ["kube-router"] = new(ClusterProgramKind.OtherCni, "kube-router"),
        ["aws-node"] = new(ClusterProgramKind.OtherCni, "amazon-vpc-cni"),
        ["kindnet-cni"] = new(ClusterProgramKind.OtherCni, "kindnet"),
        ["ovnkube-controller"] = new(ClusterProgramKind.OtherCni, "ovn-kubernetes"),
    };

    private static readonly Dictionary<string, string> s_containerByImage = new(StringComparer.Ordinal)
    {
        ["kube-proxy"] = "kube-proxy",
        ["kube-proxy-amd64"] = "kube-proxy",
        ["calico-node"] = "calico-node",
        ["mirrored-calico-node"] = "calico-node",
        ["hardened-calico"] = "calico-node",
        ["flannel"] = "kube-flannel",
        ["mirrored-flannel-flannel"] = "kube-flannel",
        ["mirrored-flannelcni-flannel"] = "kube-flannel",
        ["hardened-flannel"] = "kube-flannel",
        ["cilium"] = "cilium-agent",
        ["weave-kube"] = "weave",
    };

    /// <summary>The program of a container; null for any other.</summary>
    public static ClusterProgram? Of(string container, ContainerImage image) =>
        s_byContainer.GetValueOrDefault(container)
        ?? (s_containerByImage.TryGetValue(image.Name, out string? known) ? s_byContainer[known] : null)
        ?? (image.Repository.EndsWith("calico/node", StringComparison.Ordinal) ? s_byContainer["calico-node"] : null);
}

/// <summary>The kinds of such programs.</summary>
internal enum ClusterProgramKind : byte
{
    KubeProxy,
    Calico,
    Flannel,
    OtherCni,
}
