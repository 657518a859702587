using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace VxlanCsum.Netfilter.Rules;

/// <summary>An IPv4 or IPv6 address as a number.</summary>
internal readonly record struct NetAddress(bool V6, UInt128 Bits) : IComparable<NetAddress>
{
    private static readonly SearchValues<char> s_characters = SearchValues.Create("0123456789abcdefABCDEF.:");

    public static bool TryParse(ReadOnlySpan<char> text, out NetAddress address)
    {
        // IPAddress also takes "1", "0x7f.1" and "fe80::1%eth0", none of which these tools print.
        if (text.Length >= 2 && !text.ContainsAnyExcept(s_characters) && (text.Contains(':') || text.Count('.') == 3)
            && IPAddress.TryParse(text, out IPAddress? parsed))
        {
            address = Of(parsed);
            return true;
        }

        address = default;
        return false;
    }

    public bool IsMulticast => Bits >> (V6 ? 120 : 28) == (V6 ? 0xffu : 0xeu);

    public static NetAddress Loopback(bool v6) => new(v6, v6 ? UInt128.One : 0x7f000001u);

    public static NetAddress Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int written);
        return written == 4
            ? new NetAddress(false, BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : new NetAddress(true, BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!V6)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)Bits);
            return new IPAddress(bytes[..4]);
        }

        BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
        return new IPAddress(bytes);
    }

    public int CompareTo(NetAddress other) => V6 == other.V6 ? Bits.CompareTo(other.Bits) : V6.CompareTo(other.V6);

    public override string ToString() => ToIPAddress().ToString();

    internal static int Width(bool v6) => v6 ? 128 : 32;

    internal static UInt128 All(bool v6) => v6 ? UInt128.MaxValue : uint.MaxValue;

    internal static bool TryPrefix(ReadOnlySpan<char> text, bool v6, out UInt128 mask)
    {
        mask = 0;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int length) && length <= Width(v6))
        {
            mask = length == 0 ? 0 : All(v6) & ~(length == Width(v6) ? 0 : All(v6) >> length);
            return true;
        }

        if (TryParse(text, out NetAddress written) && written.V6 == v6)
        {
            mask = written.Bits;
            return true;
        }

        return false;
    }
}
