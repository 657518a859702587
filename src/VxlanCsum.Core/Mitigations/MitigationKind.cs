namespace VxlanCsum;

/// <summary>The ways to mitigate the fault on a node.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum MitigationKind : byte
{
    /// <summary>Clear the masquerade mark of tunnel packets before nat POSTROUTING sees them.</summary>
    UnmarkTunnel = 1,

    /// <summary>Keep connection tracking, and with it NAT, away from tunnel packets.</summary>
    NoTrackTunnel = 2,

    /// <summary>Accept tunnel packets in nat POSTROUTING before any rule translates them.</summary>
    AcceptTunnelPort = 3,

    /// <summary>Masquerade marked packets without --random-fully before kube-proxy's rule does it with.</summary>
    PrependMasquerade = 4,

    /// <summary>Have the kernel complete inner checksums: tx-checksum-ip-generic off on the tunnel device.</summary>
    DisableTxChecksum = 5,

    /// <summary>Have Calico's felix switch the offload off itself (featureDetectOverride
    /// ChecksumOffloadBroken=true).</summary>
    FelixChecksumOverride = 6,

    /// <summary>All receive and transmit checksum offloading of the tunnel device off.</summary>
    DisableRxTxOffload = 7,

    /// <summary>Tunnel segmentation of the card below off, for cards that forget inner checksums (vmxnet3, class
    /// C).</summary>
    DisableTunnelSegmentation = 8,

    /// <summary>Route the service addresses into the tunnel device, so that no masquerading is asked for.</summary>
    AddServiceRoute = 9,

    /// <summary>Accept everything that leaves by the uplink in nat POSTROUTING. Pods lose their way out.</summary>
    AcceptOnInterface = 10,

    /// <summary>Remove the jump to KUBE-POSTROUTING. Breaks NodePort and hairpin traffic.</summary>
    RemovePostroutingJump = 11,
}
