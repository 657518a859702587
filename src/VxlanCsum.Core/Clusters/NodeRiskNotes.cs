using System.Globalization;

namespace VxlanCsum.Clusters;

/// <summary>What else is to be said of a node: settings that matter, what could not be read, and what only looks like
/// knowledge.</summary>
internal static class NodeRiskNotes
{
    private const long CalicoPort = 4789;

    public static IEnumerable<string> Write(ClusterNode node, NodePrograms? found, ClusterReading cluster,
        FelixSettings felix, string? cni)
    {
        if (node is { Kernel: null, Kubelet: null })
        {
            yield return "The node says nothing of itself (no status.nodeInfo): its kubelet never registered, or the "
                + "text was cut down.";
        }

        foreach (string note in OfPrograms(node, found, cluster, cni))
        {
            yield return note;
        }

        if (NodeRiskJudge.IsBundled(node, found) && BundledVersions.Of(node.Kubelet) is { } bundle)
        {
            yield return $"{node.Kubelet} brings flannel {bundle.FlannelWords} along ({bundle.Source}).";
        }

        if (found is { HasCalico: true })
        {
            foreach (string note in OfCalico(node, cluster, felix))
            {
                yield return note;
            }
        }

        if (found is { HasFlannel: true } && node.FlannelBackend is null && cluster.Flannel is null)
        {
            yield return NoBackend(cluster);
        }
    }

    private static string NoBackend(ClusterReading cluster) => "Which backend flannel uses is not known: "
        + (cluster.WhyUnread(ClusterResource.FlannelConfiguration)
            ?? "neither its ConfigMap nor its annotation on the node was among what was read") + ".";

    private static IEnumerable<string> OfPrograms(ClusterNode node, NodePrograms? found, ClusterReading cluster,
        string? cni)
    {
        if (NodeRiskJudge.IsWindows(node))
        {
            yield break;
        }

        if (NodeRiskJudge.BuiltIn(node, found ?? new NodePrograms()))
        {
            yield return "k3s runs kube-proxy and, unless told otherwise, flannel within its own process: versions "
                + "are k3s's.";
        }
        else if (OfKubeProxy(found, cluster) is { } note)
        {
            yield return note;
        }

        if (found is not { HasKubeProxy: true } && node.KubeProxyClaim is not null)
        {
            yield return "kube-proxy's version is the kubelet's guess (nodeInfo.kubeProxyVersion), which is the "
                + "kubelet's own.";
        }

        if (found is { OtherCni: not null })
        {
            yield return OfTunnel(found.OtherTunnel(cluster), cni, cluster);
        }

        if (found is { OtherCni: not null, HasCalico: true })
        {
            yield return "Calico enforces policy beside it.";
        }
        else if (found is { HasCalico: true, HasFlannel: true, Flannel: { } flannel })
        {
            yield return $"flannel {flannel} carries pods' traffic.";
        }
    }

    /// <summary>What is not known of kube-proxy; null where nothing lacks.</summary>
    private static string? OfKubeProxy(NodePrograms? found, ClusterReading cluster) => found switch
    {
        null => cluster.WhyUnread(ClusterResource.Pods) is { } why ? $"Its pods could not be read: {why}."
            : cluster.Pods == 0
                ? "No pods were read: kube-proxy, the network plugin and their versions are not known."
            : "None of the pods that were read runs kube-proxy or a known network plugin on it.",
        { HasKubeProxy: false } => "None of the pods that were read runs kube-proxy on it: a service of the node may, "
            + "or another program does its work.",
        { KubeProxy: null } => "kube-proxy's image is named without a version.",
        { KubeProxyMode: null } when cluster.KubeProxyMode is null => "kube-proxy's mode is not known: "
            + (cluster.WhyUnread(ClusterResource.KubeProxyConfiguration)
                ?? "its ConfigMap was not among what was read") + ".",
        _ => null,
    };

    private static string OfTunnel(string? tunnel, string? cni, ClusterReading cluster) => tunnel switch
    {
        "none" => $"{cni} carries pods' traffic without a tunnel, by its configuration.",
        null => $"How {cni} carries pods' traffic is not known: "
            + (cluster.WhyUnread(ClusterResource.OtherConfiguration)
                ?? "its ConfigMap was not among what was read, or is not one that is read") + ".",
        _ => $"{cni} carries pods' traffic through {(tunnel == "vxlan" ? "a VXLAN" : "Geneve")}, "
            + (cni == "ovn-kubernetes" ? "as it always does" : "by its configuration")
            + "; what its own programs do to the tunnel's packets is not judged.",
    };

    private static IEnumerable<string> OfCalico(ClusterNode node, ClusterReading cluster, FelixSettings felix)
    {
        if (cluster.Pools.Count == 0)
        {
            yield return "Calico's IPPools are not known: "
                + (cluster.WhyUnread(ClusterResource.IPPools) ?? "they were not among what was read")
                + (node.HasCalicoTunnelAddress
                    ? "; that Calico gave the node an address for a VXLAN device says that a pool uses one." : ".");
        }

        if (cluster.Pools.Select(static p => p.Mode).Distinct().Count() > 1)
        {
            yield return "IPPools differ: "
                + string.Join(", ",
                    cluster.Pools.Select(static p => $"{p.Name} {p.Mode}{(p.Disabled ? " (disabled)" : string.Empty)}"))
                    + ".";
        }

        foreach (CalicoPool pool in cluster.Pools.Where(static p => p.NodeSelector is not null && p.Mode != "Never"))
        {
            yield return $"The pool {pool.Name} is for nodes with {pool.NodeSelector} only; whether this one is was "
                + $"not looked at.";
        }

        foreach (string note in OfFelix(cluster, felix))
        {
            yield return note;
        }
    }

    private static IEnumerable<string> OfFelix(ClusterReading cluster, FelixSettings felix)
    {
        if (cluster.WhyUnread(ClusterResource.FelixConfigurations) is { } why)
        {
            yield return $"felix's configuration is not known: {why}.";
        }

        if (felix.ChecksumOffloadBroken is { } broken)
        {
            yield return $"felix: featureDetectOverride ChecksumOffloadBroken={(broken ? "true: it switches the "
                + "checksum offload of its tunnel off" : "false: it leaves the checksum offload of its tunnel on, "
                + "whatever the kernel")}.";
        }

        if (felix.Bpf == true)
        {
            yield return "felix: the eBPF dataplane is on.";
        }

        if (felix.VxlanEnabled == false)
        {
            yield return "felix: vxlanEnabled is false.";
        }

        if (felix.VxlanPort is { } port && port != CalicoPort)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"felix: the tunnel's port is {port}.");
        }
    }
}
