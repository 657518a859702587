using System.Buffers.Binary;
using System.Net;

namespace VxlanCsum.Node.Rules;

/// <summary>Where what stands in a rule of iptables-legacy: struct ipt_entry and struct ip6t_entry
/// (linux/netfilter_ipv4/ip_tables.h, linux/netfilter_ipv6/ip6_tables.h), which never change.</summary>
/// <param name="Family">Of the packets.</param>
/// <param name="SocketFamily">AF_INET, AF_INET6.</param>
/// <param name="SocketLevel">IPPROTO_IP, IPPROTO_IPV6.</param>
/// <param name="AddressLength">Bytes of an address; source, destination and their masks begin the entry.</param>
/// <param name="Protocol">The place of its number.</param>
/// <param name="Flags">The place of its flags; what they negate stands behind them.</param>
/// <param name="TargetOffset">The place of its target's; the length of the rule stands behind it.</param>
/// <param name="Counters">The place of its packets and bytes.</param>
/// <param name="Length">Of what stands before the matches.</param>
internal sealed record LegacyLayout(NetfilterFamily Family, int SocketFamily, int SocketLevel, int AddressLength,
    int Protocol, int Flags, int TargetOffset, int Counters, int Length)
{
    public static LegacyLayout IPv4 { get; } = new(NetfilterFamily.IPv4, 2, 0, 4, 80, 82, 88, 96, 112);

    public static LegacyLayout IPv6 { get; } = new(NetfilterFamily.IPv6, 10, 41, 16, 128, 131, 140, 152, 168);

    public static LegacyLayout Of(NetfilterFamily family) => family == NetfilterFamily.IPv6 ? IPv6 : IPv4;

    /// <summary>The place of the interface's name: of the one that packets come by, then of the other.</summary>
    public int Interfaces => 4 * AddressLength;

    public int Inverted => Flags + 1;

    /// <summary>An address as iptables prints it, with its prefix or mask.</summary>
    public static string Address(ReadOnlySpan<byte> address, ReadOnlySpan<byte> mask)
    {
        int bits = 0;
        while (bits < mask.Length * 8 && (mask[bits / 8] & (0x80 >> (bits % 8))) != 0)
        {
            bits++;
        }

        bool isPrefix = true;
        for (int i = bits; i < mask.Length * 8; i++)
        {
            isPrefix &= (mask[i / 8] & (0x80 >> (i % 8))) == 0;
        }

        return isPrefix ? $"{new IPAddress(address)}/{bits}" : $"{new IPAddress(address)}/{new IPAddress(mask)}";
    }
}
