using VxlanCsum.Checksums;

namespace VxlanCsum.Verdicts;

/// <summary>
/// The arithmetic of Linux NAT on checksums (udp_manip_pkt, nf_nat_csum_update, inet_proto_csum_replace*): what goes
/// wrong when the packet is CHECKSUM_PARTIAL for its inner header, and how to read the original back.
/// Numbers are one's-complement (mod 0xffff), in header order. <see cref="NatManipulation"/> goes the kernel's way step
/// by step.
/// </summary>
internal static class NatModel
{
    /// <summary>Linux's default net.ipv4.ip_local_port_range, from which VXLAN picks source ports unless srcport
    /// overrides it.</summary>
    public const ushort LocalPortMin = 32768, LocalPortMax = 60999;

    /// <summary>
    /// Defect B with the address kept: the wire carries what was right for the old port, so
    /// old = (new port + right - wire) mod 65535.
    /// </summary>
    public static ushort ImpliedSourcePort(ushort newPort, ushort right, ushort wire) =>
        (ushort)((newPort + right + 0xffffu - wire) % 0xffff);

    /// <summary>
    /// Defect B with the address changed: the kernel added the difference of the addresses with the wrong sign and
    /// dropped
    /// the ports', so the right value lies two differences away.
    /// </summary>
    /// <param name="newPort">As captured.</param>
    /// <param name="right">The checksum that is right for the packet as captured.</param>
    /// <param name="wire">The checksum as captured.</param>
    /// <param name="oldAddress">Folded sum of the address before NAT.</param>
    /// <param name="newAddress">Folded sum of the address as captured.</param>
    public static ushort ImpliedSourcePort(ushort newPort, ushort right, ushort wire, ushort oldAddress,
        ushort newAddress)
    {
        ushort difference = OnesComplement.Subtract(newAddress, oldAddress);
        return ImpliedSourcePort(newPort, (ushort)((right + difference) % 0xffff),
            ImpliedLocalChecksum(wire, oldAddress, newAddress));
    }

    /// <summary>Defect B: the local-offload checksum as it stood before NAT touched it.</summary>
    public static ushort ImpliedLocalChecksum(ushort wire, ushort oldAddress, ushort newAddress) =>
        OnesComplement.Subtract(wire, OnesComplement.Subtract(newAddress, oldAddress));

    /// <summary>
    /// Defect A: what NAT makes of a checksum of zero. It depends on the two addresses alone: 0xffff when they are the
    /// same.
    /// </summary>
    public static ushort OfZero(ushort oldAddress, ushort newAddress)
    {
        ushort value = OnesComplement.Fold((ulong)(ushort)~oldAddress + newAddress);
        return value == 0 ? ushort.MaxValue : value;
    }

    /// <summary>
    /// Local checksum offload: what stands in an outer checksum while the inner one still holds its seed.
    /// </summary>
    /// <param name="outerExpected">Right for the bytes as captured, inner seed included.</param>
    /// <param name="innerFinal">The inner checksum once completed.</param>
    /// <param name="innerSeed">The inner field as captured.</param>
    public static ushort LocalOffload(ushort outerExpected, ushort innerFinal, ushort innerSeed) =>
        (ushort)((outerExpected + 0xffffu - innerFinal + innerSeed) % 0xffff);

    /// <summary>Could the tunnel device have chosen this source port by default?</summary>
    public static bool IsLocalPort(ushort port) => port is >= LocalPortMin and <= LocalPortMax;

    /// <summary>Equal as one's-complement numbers: 0 and 0xffff are the same.</summary>
    public static bool AreEqual(ushort left, ushort right) => left % 0xffff == right % 0xffff;
}
