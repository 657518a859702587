namespace VxlanCsum;

/// <summary>A header that carries a checksum.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum ChecksumProtocol : byte
{
    /// <summary>The IPv4 header checksum.</summary>
    IPv4 = 1,
    /// <summary>TCP.</summary>
    Tcp = 2,
    /// <summary>UDP.</summary>
    Udp = 3,
    /// <summary>UDP-Lite, RFC 3828: the checksum covers what its coverage field says.</summary>
    UdpLite = 4,
    /// <summary>ICMP (no pseudo-header).</summary>
    Icmp = 5,
    /// <summary>ICMPv6 (with a pseudo-header).</summary>
    IcmpV6 = 6,
    /// <summary>IGMP (no pseudo-header).</summary>
    Igmp = 7,
    /// <summary>SCTP: CRC32c, RFC 4960.</summary>
    Sctp = 8,
    /// <summary>GRE with its C bit set (no pseudo-header).</summary>
    Gre = 9,
}
