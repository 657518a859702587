using System.Net;

namespace VxlanCsum.Checksums;

/// <summary>What NAT is to do to one header.</summary>
/// <param name="Checksum">The field before.</param>
/// <param name="State">skb->ip_summed.</param>
/// <param name="OwnSeed">CHECKSUM_PARTIAL is about this very header, whose field is its seed; otherwise it is about an
/// inner header.</param>
/// <param name="IsTcp">TCP; otherwise UDP.</param>
/// <param name="Kernel">Which udp_manip_pkt.</param>
/// <param name="OldAddress">Before; null where it does not matter because it is kept.</param>
/// <param name="NewAddress">After; null where it is kept. Of the same family as the old one.</param>
/// <param name="OldPort">Before; null where it is kept.</param>
/// <param name="NewPort">After; null where it is kept.</param>
internal sealed record NatRequest(
    ushort Checksum,
    SkbChecksumState State,
    bool OwnSeed,
    bool IsTcp,
    NatKernel Kernel,
    IPAddress? OldAddress,
    IPAddress? NewAddress,
    ushort? OldPort,
    ushort? NewPort)
{
    public bool ChangesAddress => NewAddress is not null && !NewAddress.Equals(OldAddress);
    public bool ChangesPort => NewPort is not null && NewPort != OldPort;
    public bool IsIPv6 => (OldAddress ?? NewAddress)?.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
}
