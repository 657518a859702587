using System.Globalization;

namespace VxlanCsum.Netfilter.Rules;

/// <summary>IP protocol numbers that these tools print by name.</summary>
internal static class IpProtocol
{
    private static readonly (string Name, byte Number)[] s_names =
    [
        ("tcp", Tcp), ("udp", Udp), ("all", 0), ("ip", 0), ("icmp", Icmp), ("igmp", Igmp), ("ipencap", IpInIp),
        ("ipip", IpInIp), ("dccp", Dccp), ("ipv6", Ipv6), ("gre", Gre), ("esp", Esp), ("ipv6-crypt", Esp),
        ("ah", Ah), ("ipv6-auth", Ah), ("ipv6-icmp", IcmpV6), ("icmpv6", IcmpV6), ("icmp6", IcmpV6), ("ospf", Ospf),
        ("pim", Pim), ("comp", Comp), ("ipcomp", Comp), ("vrrp", Vrrp), ("carp", Vrrp), ("sctp", Sctp),
        ("udplite", UdpLite),
    ];

    public const byte Icmp = 1, Igmp = 2, IpInIp = 4, Tcp = 6, Udp = 17, Ipv6 = 41, Gre = 47, Esp = 50, Ah = 51,
        IcmpV6 = 58, Ospf = 89, Pim = 103, Vrrp = 112, Sctp = 132, UdpLite = 136, Dccp = 33, Comp = 108;

    /// <summary>The number of a name or number; null where there is none. 0 stands for "all" in iptables.</summary>
    public static byte? Parse(ReadOnlySpan<char> text)
    {
        if (byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte number))
        {
            return number;
        }

        foreach ((string name, byte known) in s_names)
        {
            if (text.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return known;
            }
        }

        return null;
    }
}
