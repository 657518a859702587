namespace VxlanCsum.Checksums;

/// <summary>
/// The arithmetic of Linux NAT on checksums (udp_manip_pkt, nf_nat_csum_update, inet_proto_csum_replace*): what goes
/// wrong when the packet is CHECKSUM_PARTIAL for its inner header, and how to read the original back.
/// Numbers are one's-complement (mod 0xffff), in header order.
/// </summary>
internal static class NatModel
{
    /// <summary>Linux's default net.ipv4.ip_local_port_range, from which VXLAN picks source ports unless srcport overrides it.</summary>
    public const ushort LocalPortMin = 32768, LocalPortMax = 60999;

    /// <summary>
    /// Defect B with the address kept: the wire carries what was right for the old port, so
    /// old = (new port + right - wire) mod 65535.
    /// </summary>
    public static ushort ImpliedSourcePort(ushort newPort, ushort right, ushort wire) =>
        (ushort)((newPort + right + 0xffffu - wire) % 0xffff);

    /// <summary>Could the tunnel device have chosen this source port by default?</summary>
    public static bool IsLocalPort(ushort port) => port is >= LocalPortMin and <= LocalPortMax;
}
