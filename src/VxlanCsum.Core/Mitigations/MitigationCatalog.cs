namespace VxlanCsum.Mitigations;

/// <summary>The kinds of mitigation, best first.</summary>
internal static class MitigationCatalog
{
    private const ChecksumDefect AB = ChecksumDefect.A | ChecksumDefect.B;
    private const string RulesSurvive = "Lost at reboot, and when another program restores the whole table.";
    private const string FeaturesSurvive = "Lost at reboot, and when the network plugin makes the device anew.";
    private const string Kubernetes88986 = "https://github.com/kubernetes/kubernetes/issues/88986";
    private const string Flannel =
        "https://github.com/flannel-io/flannel/blob/v0.25.2/Documentation/troubleshooting.md";

    public static IReadOnlyList<MitigationEntry> All { get; } =
    [
        new(MitigationKind.UnmarkTunnel, 1, AB, "none", RulesSurvive,
            "Clears the masquerade mark of tunnel packets in mangle OUTPUT.",
            ["https://github.com/kubernetes/kubernetes/pull/92035", Kubernetes88986]),
        new(MitigationKind.NoTrackTunnel, 2, AB,
            "none (a little less work per packet); a firewall that lets tunnel packets in only as ESTABLISHED would "
            + "stop them", RulesSurvive,
            "Keeps connection tracking, and with it NAT, away from tunnel packets.",
            ["https://github.com/projectcalico/calico/issues/3145", Kubernetes88986]),
        new(MitigationKind.AcceptTunnelPort, 3, AB, "none", RulesSurvive,
            "Accepts tunnel packets first in nat POSTROUTING, so that no rule behind translates them.",
            [Kubernetes88986]),
        new(MitigationKind.PrependMasquerade, 4, AB, "none; two flows that want the same port are still translated",
            "Lost at reboot, and at the first change of a service or endpoint: kube-proxy writes KUBE-POSTROUTING "
            + "anew then.",
            "Masquerades marked packets without --random-fully first, which keeps the port of tunnel packets.",
            [Kubernetes88986]),
        new(MitigationKind.DisableTxChecksum, 5, AB, "throughput: segmentation offload of the tunnel goes with it",
            FeaturesSurvive,
            "Has the kernel complete inner checksums before encapsulation.",
            [Flannel, "https://github.com/projectcalico/calico/issues/4865"]),
        new(MitigationKind.FelixChecksumOverride, 6, AB,
            "throughput, on every node: segmentation offload of the tunnel goes with it",
            "Kept by the cluster; taking it back does not switch the offload on again on running nodes.",
            "Has Calico's felix switch the tunnel's checksum offload off and keep it off.",
            ["https://github.com/projectcalico/calico/blob/v3.28.0/felix/environment/feature_detect_linux.go"]),
        new(MitigationKind.DisableRxTxOffload, 7, AB,
            "throughput: as DisableTxChecksum, and received checksums are verified in software", FeaturesSurvive,
            "Switches all checksum offloading of the tunnel device off.", [Kubernetes88986]),
        new(MitigationKind.DisableTunnelSegmentation, 8, ChecksumDefect.C,
            "throughput of tunnels over this card, by a little",
            "Lost at reboot, and when the card's driver is loaded anew.",
            "Has the kernel segment and finish tunnel packets instead of the card.",
            ["https://github.com/openshift/machine-config-operator/pull/2495"]),
        new(MitigationKind.AddServiceRoute, 9, AB,
            "service traffic of the host itself gets the tunnel's address; no help where everything to services is "
            + "masqueraded",
            "Lost at reboot, and when the device goes.",
            "Routes the service addresses into the tunnel device, so that host traffic to them needs no masquerading.",
            ["https://github.com/flannel-io/flannel/issues/1243"]),
        new(MitigationKind.AcceptOnInterface, 10, AB, "pods lose SNAT, and with it their way out, on this interface",
            RulesSurvive,
            "Accepts everything that leaves by the uplink first in nat POSTROUTING.", [Kubernetes88986]),
        new(MitigationKind.RemovePostroutingJump, 11, AB, "NodePort and hairpin traffic breaks",
            "Lost at reboot, and at the next change of a service or endpoint, or after an hour: kube-proxy puts the jump "
            + "back then.",
            "Removes the jump to KUBE-POSTROUTING.", [Kubernetes88986]),
    ];

    public static MitigationEntry Find(MitigationKind kind) => All.First(e => e.Kind == kind);
}
