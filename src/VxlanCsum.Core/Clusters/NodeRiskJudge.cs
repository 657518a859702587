namespace VxlanCsum.Clusters;

/// <summary>From what the API tells about a node to how likely the fault is there.</summary>
/// <remarks>
/// The fault needs three things: a VXLAN, a kernel with a defect, and a rule that translates the tunnel's packet again.
/// The API shows the first where the network plugin's resources can be read, and of the others versions alone.
/// </remarks>
internal static class NodeRiskJudge
{
    /// <summary>Ids of advisories about rules that translate the tunnel's packet again hold this.</summary>
    private const string SecondTranslation = "-postrouting-";

    private enum Tunnel
    {
        Unknown,
        None,
        Calicos,
        Others,
    }

    public static NodeRisk Judge(ClusterNode node, NodePrograms? found, ClusterReading cluster)
    {
        NodePrograms programs = found ?? new NodePrograms();
        FelixSettings felix = cluster.Felix(node.Name, programs.Felix);
        string? cni = Cni(node, programs);
        (Tunnel tunnel, string? vxlanMode) = FindTunnel(node, programs, cni, cluster);
        bool isBundled = IsBundled(node, found), isOfKubelet = isBundled || BuiltIn(node, programs);
        BundledVersion? bundle = isBundled ? BundledVersions.Of(node.Kubelet) : null;
        string? kubeProxy = programs.KubeProxy ?? (isOfKubelet ? node.Kubelet : null);
        IReadOnlyList<Advisory> advisories = IsWindows(node) ? []
            : cluster.Advise(Versions(node, programs, bundle, kubeProxy));
        (NodeRiskLevel risk, string reason) = Weigh(node, tunnel, felix, kubeProxy, advisories,
            isBundled && bundle is null);
        return new NodeRisk
        {
            Name = node.Name,
            Cluster = node.Source,
            Risk = risk,
            Reason = reason,
            KernelVersion = node.Kernel,
            OSImage = node.OSImage,
            Kubelet = node.Kubelet,
            ContainerRuntime = node.Runtime,
            KubeProxyMode = KubeProxyMode(node, found, cluster),
            KubeProxyVersion = kubeProxy ?? Claim(node, programs),
            Cni = cni,
            CniVersion = CniVersion(programs, cni, bundle),
            VxlanMode = vxlanMode,
            Advisories = [.. advisories.Select(a => a with { NodeName = node.Name })],
            Notes = [.. NodeRiskNotes.Write(node, found, cluster, felix, cni)],
        };
    }

    private static NodeVersions Versions(ClusterNode node, NodePrograms programs, BundledVersion? bundle,
        string? kubeProxy) => new()
        {
            KernelRelease = node.Kernel,
            Distribution = node.OSImage,
            Kubelet = node.Kubelet,
            KubeProxy = kubeProxy,
            Calico = programs.Calico ?? bundle?.Calico,
            Flannel = programs.Flannel ?? bundle?.Flannel,
        };

    /// <summary>What the program itself is told, else what the cluster's configuration says where it runs.</summary>
    private static string? KubeProxyMode(ClusterNode node, NodePrograms? found, ClusterReading cluster) =>
        found?.KubeProxyMode ?? ((found is null ? !IsWindows(node) : found.HasKubeProxy) ? cluster.KubeProxyMode
            : null);

    /// <summary>What the kubelet says of a kube-proxy that is not seen.</summary>
    private static string? Claim(ClusterNode node, NodePrograms programs) =>
        programs.HasKubeProxy ? null : node.KubeProxyClaim;

    private static string? CniVersion(NodePrograms programs, string? cni, BundledVersion? bundle) =>
        cni == programs.OtherCni ? programs.OtherCniVersion
            : programs.HasCalico ? programs.Calico
            : programs.Flannel ?? (bundle is { IsExact: true } ? bundle.Flannel : null);

    private static (NodeRiskLevel Risk, string Reason) Weigh(
        ClusterNode node, Tunnel tunnel, FelixSettings felix, string? kubeProxy, IReadOnlyList<Advisory> advisories,
        bool bundleUnknown)
    {
        if (WhyOutOfReach(node, tunnel, felix, advisories) is { } why)
        {
            return (NodeRiskLevel.Low, why);
        }

        Advisory[] translations = [
            .. advisories.Where(static a => a.Id.Contains(SecondTranslation, StringComparison.Ordinal))];
        if (translations.Where(static a => a.Suggests == AdvisorySuggestion.Affected)
            .MaxBy(static a => a.Certainty) is { } translation)
        {
            return OfTranslation(translation, tunnel, kubeProxy, advisories.Any(
                static a => a.Subject == AdvisorySubject.Kernel && a.Suggests == AdvisorySuggestion.Affected));
        }

        if (bundleUnknown)
        {
            return (NodeRiskLevel.Possible,
                $"Its pods' traffic goes through a VXLAN, and which flannel {node.Kubelet} brings along is not "
                + $"known: before 0.20.2 flannel's own rules can end a packet's walk before the mark is cleared.");
        }

        if (kubeProxy is not null
            && translations.Any(
                static a => a is { Subject: AdvisorySubject.Kubernetes, Suggests: AdvisorySuggestion.FixIncluded }))
        {
            return (NodeRiskLevel.Low,
                "kube-proxy of this version clears the mark before it masquerades; a stale rule, or another's, would "
                + "bring the fault back. Trace-KubePostrouting tells, on the node.");
        }

        return tunnel == Tunnel.Unknown
            ? (NodeRiskLevel.Unknown, "Neither its tunnel nor the version of its kube-proxy is known.")
            : (NodeRiskLevel.Possible,
                "Its pods' traffic goes through a VXLAN, and what its kube-proxy does with the mark is not known.");
    }

    /// <summary>What keeps the fault from a node whatever its rules are; null where nothing does.</summary>
    private static string? WhyOutOfReach(ClusterNode node, Tunnel tunnel, FelixSettings felix,
        IReadOnlyList<Advisory> advisories)
    {
        if (IsWindows(node))
        {
            return "It runs Windows; the fault is one of Linux's NAT.";
        }

        if (tunnel == Tunnel.None)
        {
            return "By configuration its pods' traffic does not go through a VXLAN.";
        }

        if (felix.Bpf == true)
        {
            return "Calico's eBPF programs handle its services, so that packets do not carry kube-proxy's mark into "
                + "the "
                + "tunnel.";
        }

        string? who = tunnel != Tunnel.Calicos ? null
            : felix.ChecksumOffloadBroken switch
            {
                true => "felix is told to switch",
                null when advisories.Any(static a => a.Suggests == AdvisorySuggestion.WorksAround) =>
                    "felix of this version switches",
                _ => null,
            };
        return who is null ? null
            : who + " the tunnel's checksum offload off, which hides the fault and costs throughput.";
    }

    private static (NodeRiskLevel Risk, string Reason) OfTranslation(Advisory translation, Tunnel tunnel,
        string? kubeProxy, bool kernel)
    {
        bool isKnown = translation.Subject != AdvisorySubject.Kubernetes || translation.Version == kubeProxy;
        bool certain = isKnown && translation.Certainty == AdvisoryCertainty.Certain;
        string who = isKnown ? Name(translation.Subject) : "The kubelet (or a kube-proxy of its version)";
        string rule = $"{who} {translation.Version} {(certain ? "writes" : "may write")} rules that masquerade a "
            + $"tunnel "
            + "packet a second time";
        return (tunnel, kernel) switch
        {
            (Tunnel.Unknown, _) => (NodeRiskLevel.Possible,
                $"{rule}; whether its pods' traffic goes through a VXLAN could not be read."),
            (_, true) => (certain ? NodeRiskLevel.Likely : NodeRiskLevel.Possible,
                $"{rule}, its pods' traffic goes through a VXLAN, and its kernel spoils the checksum of such packets."),
            _ => (NodeRiskLevel.Possible,
                $"{rule}, and its pods' traffic goes through a VXLAN; whether its kernel has a defect is not known."),
        };
    }

    private static (Tunnel Tunnel, string? Mode) FindTunnel(ClusterNode node, NodePrograms programs, string? cni,
        ClusterReading cluster)
    {
        if (programs.HasFlannel || node.FlannelBackend is not null)
        {
            return OfFlannel(node, cluster);
        }

        string[] pools = [.. cluster.Pools.Where(static p => !p.Disabled).Select(static p => p.Mode)];
        if (cni == "calico" && pools.Length > 0)
        {
            return OfPools(node, pools);
        }

        // Calico gives such an address only where a pool uses a VXLAN, whichever way.
        return programs.OtherTunnel(cluster) switch
        {
            "none" => (Tunnel.None, "Never"),
            "vxlan" => (Tunnel.Others, "vxlan"),
            { } other => (Tunnel.Unknown, other),
            null => node.HasCalicoTunnelAddress ? (Tunnel.Calicos, "Always or CrossSubnet") : (Tunnel.Unknown, null),
        };
    }

    private static (Tunnel Tunnel, string? Mode) OfFlannel(ClusterNode node, ClusterReading cluster) =>
        (node.FlannelBackend ?? cluster.Flannel?.Backend) switch
        {
            "vxlan" => (Tunnel.Others, cluster.Flannel is { DirectRouting: true } ? "CrossSubnet" : "Always"),
            null => (Tunnel.Unknown, null),
            _ => (Tunnel.None, "Never"),
        };

    private static (Tunnel Tunnel, string Mode) OfPools(ClusterNode node, string[] modes)
    {
        string mode = Array.Find(["Always", "CrossSubnet"], modes.Contains)
            ?? Array.Find(modes, static m => m != "Never") ?? "Never";
        return (mode is "Always" or "CrossSubnet" || node.HasCalicoTunnelAddress ? Tunnel.Calicos
            : mode == "Never" ? Tunnel.None : Tunnel.Unknown, mode);
    }

    private static string? Cni(ClusterNode node, NodePrograms programs) => programs switch
    {
        { OtherCni: { } other } => other,
        { HasCalico: true, HasFlannel: true } => "canal",
        { HasCalico: true } => node.FlannelBackend is null ? "calico" : "canal",
        { HasFlannel: true } => "flannel",
        _ => node.FlannelBackend is not null ? "flannel" : node.HasCalicoTunnelAddress ? "calico" : null,
    };

    /// <summary>
    /// flannel runs there, as its annotation says, and no pod shows it: within k3s's own process, or in a pod of RKE2
    /// that was not read.
    /// </summary>
    public static bool IsBundled(ClusterNode node, NodePrograms? found) =>
        node.FlannelBackend is not null && found is not { HasFlannel: true }
            && BundledVersions.DistributionOf(node.Kubelet) is { } distribution
        && (distribution == "k3s" || found is null);

    /// <summary>k3s runs kube-proxy within its own process, under one version.</summary>
    public static bool BuiltIn(ClusterNode node, NodePrograms programs) =>
        !programs.HasKubeProxy && node.Kubelet?.Contains("+k3s", StringComparison.Ordinal) == true;

    public static bool IsWindows(ClusterNode node) =>
        string.Equals(node.OperatingSystem, "windows", StringComparison.OrdinalIgnoreCase);

    private static string Name(AdvisorySubject subject) => subject switch
    {
        AdvisorySubject.Kubernetes => "kube-proxy",
        AdvisorySubject.Calico => "Calico",
        _ => "flannel",
    };
}
