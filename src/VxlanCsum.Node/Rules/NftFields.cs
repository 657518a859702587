using System.Globalization;

namespace VxlanCsum.Node.Rules;

/// <summary>The fields by the kernel's numbers.</summary>
internal static class NftFields
{
    private const int Network = 1, Transport = 2;

    public static NftField Meta(int key) => key switch
    {
        3 => new("meta mark", NftFieldKind.Mark, 4),
        6 => new("iifname", NftFieldKind.Interface, 16),
        7 => new("oifname", NftFieldKind.Interface, 16),
        15 => new("meta nfproto", NftFieldKind.Family, 1),
        16 => new("meta l4proto", NftFieldKind.Protocol, 1),
        _ => Unread("meta", key, 4),
    };

    public static NftField Connection(int key) => key switch
    {
        0 => new("ct state", NftFieldKind.State, 4),
        3 => new("ct mark", NftFieldKind.Mark, 4),
        _ => Unread("ct", key, 4),
    };

    /// <summary>"fib daddr type": flags 1 saddr, 2 daddr; result 3 is the type.</summary>
    public static NftField Route(int result, uint flags) => (result, flags) switch
    {
        (3, 1) => new("fib saddr type", NftFieldKind.AddressType, 4),
        (3, 2) => new("fib daddr type", NftFieldKind.AddressType, 4),
        _ => Unread("fib", result, 4),
    };

    public static NftField Counted(uint modulus) =>
        new(string.Create(CultureInfo.InvariantCulture, $"numgen random mod {modulus}"), NftFieldKind.HostNumber, 4);

    public static NftField Payload(int place, int offset, int length) => (place, offset, length) switch
    {
        (Network, 12, <= 4) => new("ip saddr", NftFieldKind.Address, length),
        (Network, 16, <= 4) => new("ip daddr", NftFieldKind.Address, length),
        (Network, 8, 16) => new("ip6 saddr", NftFieldKind.Address, length),
        (Network, 24, > 4 and <= 16) => new("ip6 daddr", NftFieldKind.Address, length),
        (Network, 9, 1) => new("ip protocol", NftFieldKind.Protocol, length),
        (Network, 6, 1) => new("ip6 nexthdr", NftFieldKind.Protocol, length),
        (Transport, 0, 2) => new("th sport", NftFieldKind.Port, length),
        (Transport, 2, 2) => new("th dport", NftFieldKind.Port, length),
        _ => Unread("payload", offset, length),
    };

    private static NftField Unread(string what, int number, int length) =>
        new(string.Create(CultureInfo.InvariantCulture, $"unread-{what}-{number}"), NftFieldKind.Other, length);
}
