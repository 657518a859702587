using System.Globalization;

namespace VxlanCsum.Node.Rules;

/// <summary>The fields by the kernel's numbers.</summary>
internal static class NftFields
{
    // Where a field stands in its header, and how many bytes of it may be asked: of an address, its first ones.
    private static readonly (int Header, int Offset, int Least, int Most, string Text, NftFieldKind Kind)[] s_payload =
    [
        (Network, 12, 0, 4, "ip saddr", NftFieldKind.Address),
        (Network, 16, 0, 4, "ip daddr", NftFieldKind.Address),
        (Network, 8, 16, 16, "ip6 saddr", NftFieldKind.Address),
        (Network, 24, 5, 16, "ip6 daddr", NftFieldKind.Address),
        (Network, 9, 1, 1, "ip protocol", NftFieldKind.Protocol),
        (Network, 6, 1, 1, "ip6 nexthdr", NftFieldKind.Protocol),
        (Transport, 0, 2, 2, "th sport", NftFieldKind.Port),
        (Transport, 2, 2, 2, "th dport", NftFieldKind.Port),
    ];

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

    public static NftField Payload(int place, int offset, int length)
    {
        foreach ((int header, int at, int least, int most, string text, NftFieldKind kind) in s_payload)
        {
            if (header == place && at == offset && length >= least && length <= most)
            {
                return new NftField(text, kind, length);
            }
        }

        return Unread("payload", offset, length);
    }

    private static NftField Unread(string what, int number, int length) =>
        new(string.Create(CultureInfo.InvariantCulture, $"unread-{what}-{number}"), NftFieldKind.Other, length);
}
