namespace VxlanCsum.TcpdumpText;

/// <summary>What tcpdump prints of an IPv4 or IPv6 header.</summary>
internal struct IpHeaderText
{
    public const byte Icmp = 1, Igmp = 2, IpIp = 4, Tcp = 6, Udp = 17, IPv6InIp = 41, Routing = 43, Gre = 47, Ah = 51,
        IcmpV6 = 58, Dccp = 33, Sctp = 132, UdpLite = 136;

    public bool IsIPv6;

    /// <summary>Printed with -v: false where only addresses are there.</summary>
    public bool IsVerbose;

    /// <summary>Protocol or next header; null where it was not printed.</summary>
    public byte? Protocol;

    /// <summary>IPv4 total length or IPv6 payload length, in bytes; null where it was not printed.</summary>
    public uint? Length;

    /// <summary>Bytes of options; null where they cannot be told.</summary>
    public int? OptionsLength;

    /// <summary>Time to live, or hop limit; 0 where it was not printed.</summary>
    public byte Ttl;

    /// <summary>A part of a packet, or a later one, which has no transport header.</summary>
    public bool IsFragment, IsLaterFragment;

    /// <summary>A length field contradicts the packet, or the packet was cut.</summary>
    public bool IsTruncated;

    /// <summary>The header checksum that tcpdump calls wrong, and the right one.</summary>
    public bool HasBadChecksum;
    public ushort Found, Expected;

    /// <summary>The whole packet with its header, in bytes.</summary>
    public readonly uint? TotalLength => IsIPv6 ? Length + 40 : Length;
}
