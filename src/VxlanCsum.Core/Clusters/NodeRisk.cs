namespace VxlanCsum;

/// <summary>What a cluster's API tells about one node: versions, modes, and what they suggest. Never a verdict: rules
/// and packets decide.</summary>
/// <remarks>Immutable; fit for Group-Object and ConvertTo-Json. What is not known is null. Control characters of the
/// cluster's texts are escaped.</remarks>
public sealed record NodeRisk
{
    /// <summary>The node's name.</summary>
    public required string Name { get; init; }

    /// <summary>The kubeconfig's context, "in-cluster", or the file that the node was read from; null for text from the
    /// pipeline.</summary>
    public string? Cluster { get; init; }

    /// <summary>How likely the fault is.</summary>
    public NodeRiskLevel Risk { get; init; }

    /// <summary>Why, in one sentence.</summary>
    public string Reason { get; init; } = string.Empty;

    /// <summary>The kernel's release, such as "5.4.0-42-generic".</summary>
    public string? KernelVersion { get; init; }

    /// <summary>The distribution in words, such as "Ubuntu 20.04.6 LTS".</summary>
    public string? OSImage { get; init; }

    /// <summary>The kubelet's version, such as "v1.18.5".</summary>
    public string? Kubelet { get; init; }

    /// <summary>Such as "containerd://1.7.2".</summary>
    public string? ContainerRuntime { get; init; }

    /// <summary>"iptables", "ipvs", "nftables"; "none" where another program does its work.</summary>
    public string? KubeProxyMode { get; init; }

    /// <summary>kube-proxy's version, from the image that runs on the node; where there is none, what the kubelet
    /// claims.</summary>
    public string? KubeProxyVersion { get; init; }

    /// <summary>The network plugin: "calico", "flannel", "canal" (both), or another's name.</summary>
    public string? Cni { get; init; }

    /// <summary>Its version, from the image that runs on the node; of canal, Calico's.</summary>
    public string? CniVersion { get; init; }

    /// <summary>When pod traffic between nodes goes through a VXLAN, in Calico's words: "Always", "CrossSubnet"
    /// (between subnets only), "Never".</summary>
    public string? VxlanMode { get; init; }

    /// <summary>What the node's own diagnosis came to; null where none was given.</summary>
    public DiagnosisVerdict? Verdict { get; init; }

    /// <summary>The cause that its diagnosis names; null where it names none, or none was given.</summary>
    public string? Cause { get; init; }

    /// <summary>When it was diagnosed, UTC; null where that is not known.</summary>
    public DateTime? Diagnosed { get; init; }

    /// <summary>What the best cure would do there: its kind, then its commands. Empty where its diagnosis asks for
    /// none, or does not tell.</summary>
    public string[] Cure { get; init; } = [];

    /// <summary>What the versions suggest, with sources.</summary>
    public Advisory[] Advisories { get; init; } = [];

    /// <summary>What else was found, and what could not be read.</summary>
    public string[] Notes { get; init; } = [];

    /// <summary>"node7: Likely".</summary>
    public override string ToString() => $"{Name}: {Risk}";
}
