using System.Globalization;

namespace VxlanCsum.Netfilter.Rules;

/// <summary>IP protocol numbers that these tools print by name.</summary>
internal static class IpProtocol
{
    public const byte Icmp = 1, Igmp = 2, IpInIp = 4, Tcp = 6, Udp = 17, Ipv6 = 41, Gre = 47, Esp = 50, Ah = 51,
        IcmpV6 = 58, Ospf = 89, Pim = 103, Vrrp = 112, Sctp = 132, UdpLite = 136, Dccp = 33, Comp = 108;

    /// <summary>The number of a name or number; null where there is none. 0 stands for "all" in iptables.</summary>
    public static byte? Parse(ReadOnlySpan<char> text)
    {
        if (byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte number))
        {
            return number;
        }

        Span<char> lower = stackalloc char[16];
        if (text.Length > lower.Length || text.ToLowerInvariant(lower) < 0)
        {
            return null;
        }

        return lower[..text.Length] switch
        {
            "all" or "ip" => 0,
            "icmp" => Icmp,
            "igmp" => Igmp,
            "ipencap" or "ipip" => IpInIp,
            "tcp" => Tcp,
            "udp" => Udp,
            "dccp" => Dccp,
            "ipv6" => Ipv6,
            "gre" => Gre,
            "esp" or "ipv6-crypt" => Esp,
            "ah" or "ipv6-auth" => Ah,
            "ipv6-icmp" or "icmpv6" or "icmp6" => IcmpV6,
            "ospf" => Ospf,
            "pim" => Pim,
            "comp" or "ipcomp" => Comp,
            "vrrp" or "carp" => Vrrp,
            "sctp" => Sctp,
            "udplite" => UdpLite,
            _ => null,
        };
    }
}
