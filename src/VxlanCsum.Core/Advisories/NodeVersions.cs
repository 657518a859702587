namespace VxlanCsum;

/// <summary>The versions of a node that advisories are drawn from. What is not known is null.</summary>
/// <remarks>Immutable. The forms are those of uname, os-release and the Kubernetes API's nodeInfo.</remarks>
public sealed record NodeVersions
{
    /// <summary>The node's name.</summary>
    public string? NodeName { get; init; }

    /// <summary>As `uname -r` says, such as "5.4.0-42-generic"; nodeInfo.kernelVersion.</summary>
    public string? KernelRelease { get; init; }

    /// <summary>As `uname -v` or Ubuntu's /proc/version_signature says: it holds what the release leaves out.</summary>
    public string? KernelBuild { get; init; }

    /// <summary>The distribution in words, such as "Ubuntu 20.04.6 LTS"; os-release's PRETTY_NAME,
    /// nodeInfo.osImage.</summary>
    public string? Distribution { get; init; }

    /// <summary>Such as "v1.18.5"; nodeInfo.kubeletVersion.</summary>
    public string? Kubelet { get; init; }

    /// <summary>Such as "v1.18.5"; where it differs from the kubelet's, it counts.</summary>
    public string? KubeProxy { get; init; }

    /// <summary>Calico's, such as "v3.20.0".</summary>
    public string? Calico { get; init; }

    /// <summary>flannel's, such as "v0.25.2".</summary>
    public string? Flannel { get; init; }

    /// <summary>The drivers of the cards below the tunnels, such as "vmxnet3".</summary>
    public IReadOnlyList<string> Drivers { get; init; } = [];
}
