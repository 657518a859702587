using System.Collections.Frozen;

namespace VxlanCsum.Offloads;

/// <summary>
/// The features and groups by name. Sources: netdev_features_strings and include/linux/netdev_features.h of the kernels
/// 2.6.39 to 6.18; off_flag_def of ethtool. Bit numbers move between kernels and are read at run time.
/// </summary>
internal static class OffloadTable
{
    /// <summary>In the order in which ethtool prints them.</summary>
    public static IReadOnlyList<OffloadGroup> Groups { get; } =
    [
        new("rx", "rx-checksumming", "rx-checksum", "Trust the device's verdict on checksums of received packets"),
        new("tx", "tx-checksumming", "tx-checksum-*", "Leave checksums of sent packets to the device"),
        new("sg", "scatter-gather", "tx-scatter-gather*", "Send packets that lie in several pieces of memory"),
        new("tso", "tcp-segmentation-offload", "tx-tcp*-segmentation",
            "Leave the cutting of large TCP packets to the device"),
        new("ufo", "udp-fragmentation-offload", "tx-udp-fragmentation",
            "Leave the fragmenting of large UDP packets to the device (until Linux 4.13)"),
        new("gso", "generic-segmentation-offload", "tx-generic-segmentation",
            "Cut large packets as late as possible, in software"),
        new("gro", "generic-receive-offload", "rx-gro", "Join received packets of a flow, in software"),
        new("lro", "large-receive-offload", "rx-lro", "Join received packets of a flow, in the device"),
        new("rxvlan", "rx-vlan-offload", "rx-vlan-hw-parse", "Let the device take VLAN tags off"),
        new("txvlan", "tx-vlan-offload", "tx-vlan-hw-insert", "Let the device put VLAN tags on"),
        new("ntuple", "ntuple-filters", "rx-ntuple-filter", "Steer received flows by filters in the device"),
        new("rxhash", "receive-hashing", "rx-hashing", "Use the device's hash of received flows"),
    ];

    /// <summary>Every feature that a kernel has had a name for.</summary>
    public static IReadOnlyList<OffloadKind> Kinds { get; } =
    [
        Checksum("rx-checksum", "RXCSUM", "Trust the device's verdict on checksums of received packets"),
        Checksum("tx-checksum-ipv4", "IP_CSUM", "Leave TCP and UDP checksums over IPv4 to the device"),
        Checksum("tx-checksum-ip-generic", "HW_CSUM",
            "Leave any one's-complement checksum to the device: what VXLAN and veth devices use"),
        Checksum("tx-checksum-ipv6", "IPV6_CSUM", "Leave TCP and UDP checksums over IPv6 to the device"),
        Checksum("tx-checksum-fcoe-crc", "FCOE_CRC", "Leave the CRC of Fibre Channel frames to the device"),
        Checksum("tx-checksum-sctp", "SCTP_CRC", "Leave the CRC of SCTP to the device"),
        Checksum("tx-checksum-unneeded", "NO_CSUM", "Send without checksums, as loopback does (until Linux 3.2)"),
        Plain("tx-scatter-gather", "SG", "Send packets that lie in several pages"),
        Plain("tx-scatter-gather-fraglist", "FRAGLIST", "Send packets that lie in a list of buffers"),
        Plain("tx-tcp-segmentation", "TSO", "Cut large TCP packets over IPv4 in the device"),
        Plain("tx-tcp-ecn-segmentation", "TSO_ECN", "The same with the congestion bit CWR set"),
        Plain("tx-tcp-accecn-segmentation", "GSO_ACCECN", "The same with accurate congestion notification"),
        Plain("tx-tcp-mangleid-segmentation", "TSO_MANGLEID", "The same with IPv4 identifiers that may all be equal"),
        Plain("tx-tcp6-segmentation", "TSO6", "Cut large TCP packets over IPv6 in the device"),
        Plain("tx-udp-fragmentation", "UFO", "Fragment large UDP packets in the device (until Linux 4.13)"),
        Plain("tx-generic-segmentation", "GSO", "Cut large packets as late as possible, in software"),
        Plain("rx-gro", "GRO", "Join received packets of a flow, in software"),
        Plain("rx-lro", "LRO", "Join received packets of a flow, in the device; not for forwarded traffic"),
        Plain("rx-vlan-hw-parse", "HW_VLAN_CTAG_RX", "Let the device take VLAN tags off"),
        Plain("rx-vlan-ctag-hw-parse", "HW_VLAN_CTAG_RX", "Let the device take VLAN tags off (Linux 3.10)"),
        Plain("tx-vlan-hw-insert", "HW_VLAN_CTAG_TX", "Let the device put VLAN tags on"),
        Plain("tx-vlan-ctag-hw-insert", "HW_VLAN_CTAG_TX", "Let the device put VLAN tags on (Linux 3.10)"),
        Plain("rx-ntuple-filter", "NTUPLE", "Steer received flows by filters in the device"),
        Plain("rx-hashing", "RXHASH", "Use the device's hash of received flows"),
        Plain("highdma", "HIGHDMA", "The device reaches all of memory"),
        Plain("rx-vlan-filter", "HW_VLAN_CTAG_FILTER", "The device drops foreign VLANs"),
        Plain("rx-vlan-ctag-filter", "HW_VLAN_CTAG_FILTER", "The device drops foreign VLANs (Linux 3.10)"),
        Plain("vlan-challenged", "VLAN_CHALLENGED", "The device cannot carry VLANs"),
        Plain("tx-lockless", "LLTX", "The driver locks for itself when sending (until Linux 6.11)"),
        Plain("netns-local", "NETNS_LOCAL", "The interface cannot move to another namespace (until Linux 6.11)"),
        Plain("tx-gso-robust", "GSO_ROBUST", "The device takes large packets from outside the kernel unchecked"),
        Plain("tx-fcoe-segmentation", "FSO", "Cut large Fibre Channel frames in the device"),
        Plain("tx-gre-segmentation", "GSO_GRE", "Cut large packets inside GRE in the device"),
        Checksum("tx-gre-csum-segmentation", "GSO_GRE_CSUM",
            "Cut large packets inside GRE in the device, with GRE's checksum"),
        Plain("tx-ipip-segmentation", "GSO_IPIP", "Cut large packets inside IPv4 in the device (until Linux 4.6)"),
        Plain("tx-sit-segmentation", "GSO_SIT", "Cut large IPv6 packets inside IPv4 in the device (until Linux 4.6)"),
        Plain("tx-ipxip4-segmentation", "GSO_IPXIP4", "Cut large packets inside IPv4 in the device"),
        Plain("tx-ipxip6-segmentation", "GSO_IPXIP6", "Cut large packets inside IPv6 in the device"),
        Checksum("tx-udp_tnl-segmentation", "GSO_UDP_TUNNEL",
            "Cut large packets inside VXLAN or Geneve in the device, outer checksum zero"),
        Checksum("tx-udp_tnl-csum-segmentation", "GSO_UDP_TUNNEL_CSUM",
            "Cut large packets inside VXLAN or Geneve in the device, outer checksum computed"),
        Plain("tx-mpls-segmentation", "GSO_MPLS", "Cut large packets inside MPLS in the device (until Linux 4.1)"),
        Plain("tx-gso-partial", "GSO_PARTIAL", "Cut large packets in the device when all segments are of one size"),
        Checksum("tx-tunnel-remcsum-segmentation", "GSO_TUNNEL_REMCSUM",
            "Cut large packets with remote checksum offload in the device"),
        Plain("tx-sctp-segmentation", "GSO_SCTP", "Cut large SCTP packets late"),
        Plain("tx-esp-segmentation", "GSO_ESP", "Cut large IPsec packets in the device"),
        Plain("tx-udp-segmentation", "GSO_UDP_L4", "Cut large UDP sends into datagrams in the device"),
        Plain("tx-gso-list", "GSO_FRAGLIST", "Send joined packets apart again, in the device"),
        Plain("fcoe-mtu", "FCOE_MTU", "The device carries Fibre Channel frames (until Linux 6.11)"),
        Plain("tx-nocache-copy", "NOCACHE_COPY", "Copy sent data past the processor's cache"),
        Plain("loopback", "LOOPBACK", "The device returns what it is sent"),
        Plain("rx-fcs", "RXFCS", "Keep the frame check sequence of received frames"),
        Plain("rx-all", "RXALL", "Deliver damaged frames too"),
        Plain("tx-vlan-stag-hw-insert", "HW_VLAN_STAG_TX", "Let the device put service VLAN tags on"),
        Plain("rx-vlan-stag-hw-parse", "HW_VLAN_STAG_RX", "Let the device take service VLAN tags off"),
        Plain("rx-vlan-stag-filter", "HW_VLAN_STAG_FILTER", "The device drops foreign service VLANs"),
        Plain("l2-fwd-offload", "HW_L2FW_DOFFLOAD", "Let the device forward for macvlan"),
        Plain("busy-poll", "BUSY_POLL", "Sockets may poll the device (until Linux 4.12)"),
        Plain("hw-switch-offload", "HW_SWITCH_OFFLOAD", "The device forwards as a switch (Linux 3.19 to 4.2)"),
        Plain("hw-tc-offload", "HW_TC", "Let the device run traffic-control rules"),
        Plain("esp-hw-offload", "HW_ESP", "Let the device encrypt IPsec"),
        Checksum("esp-tx-csum-hw-offload", "HW_ESP_TX_CSUM", "Leave checksums inside IPsec to the device"),
        Checksum("rx-udp_tunnel-port-offload", "RX_UDP_TUNNEL_PORT",
            "Tell the device the VXLAN and Geneve ports, so that it verifies inner checksums"),
        Plain("tls-hw-record", "HW_TLS_RECORD", "Let the device make TLS records"),
        Plain("tls-hw-tx-offload", "HW_TLS_TX", "Let the device encrypt TLS"),
        Plain("tls-hw-rx-offload", "HW_TLS_RX", "Let the device decrypt TLS"),
        Plain("rx-gro-hw", "GRO_HW", "Join received packets of a flow, in the device, so that they can be cut again"),
        Plain("rx-gro-list", "GRO_FRAGLIST", "Join received packets as a list"),
        Plain("macsec-hw-offload", "HW_MACSEC", "Let the device do MACsec"),
        Plain("rx-udp-gro-forwarding", "GRO_UDP_FWD", "Join received UDP packets that are forwarded"),
        Plain("hsr-tag-ins-offload", "HW_HSR_TAG_INS", "Let the device put HSR tags on"),
        Plain("hsr-tag-rm-offload", "HW_HSR_TAG_RM", "Let the device take HSR tags off"),
        Plain("hsr-fwd-offload", "HW_HSR_FWD", "Let the device forward HSR frames"),
        Plain("hsr-dup-offload", "HW_HSR_DUP", "Let the device send HSR frames twice"),
    ];

    private static readonly FrozenDictionary<string, OffloadKind> s_byName = Kinds.ToFrozenDictionary(k => k.Name,
        StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, OffloadGroup> s_groupByName = Groups
        .SelectMany(g => new[] { (Name: g.Short, Group: g), (Name: g.Long, Group: g) })
        .ToFrozenDictionary(p => p.Name, p => p.Group, StringComparer.OrdinalIgnoreCase);

    /// <summary>What is known of a kernel name; null for one that is newer than this table.</summary>
    public static OffloadKind? Find(string kernelName) => s_byName.GetValueOrDefault(kernelName);

    /// <summary>A group by its short or long name, in any case.</summary>
    public static OffloadGroup? FindGroup(string name) => s_groupByName.GetValueOrDefault(name);

    /// <summary>The group that ethtool counts a kernel name to: the first whose pattern fits.</summary>
    public static OffloadGroup? GroupOf(string kernelName) => Groups.FirstOrDefault(g => g.Holds(kernelName));

    /// <summary>The part of a feature that its kernel name decides.</summary>
    public static OffloadFeature Describe(string kernelName)
    {
        OffloadKind? kind = Find(kernelName);
        return new OffloadFeature(kernelName)
        {
            Group = GroupOf(kernelName)?.Long,
            Flag = kind?.Flag,
            IsChecksum = kind?.IsChecksum ?? kernelName.StartsWith("tx-checksum-", StringComparison.Ordinal),
        };
    }

    /// <summary>The row of a group of several, whose members all concern checksums or none does.</summary>
    public static OffloadFeature DescribeGroup(OffloadGroup group) =>
        new(group.Long) { Group = group.Long, IsGroup = true, IsChecksum = group.Short is "tx" };

    private static OffloadKind Checksum(string name, string flag, string about) =>
        new(name, "NETIF_F_" + flag, true, about);

    private static OffloadKind Plain(string name, string flag, string about) =>
        new(name, "NETIF_F_" + flag, false, about);
}
