using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Diagnoses.Saving;

/// <summary>
/// Maps addresses to others of the same kind: the same one always to the same one, and addresses that share a network
/// to ones that share a network as large, so that rules match what they matched. The first octet of IPv4 and the first
/// group of IPv6 stay: they say whether an address is private, of the machine itself, or a group's.
/// </summary>
/// <param name="key">What decides which; thrown away, it cannot be undone but by guessing.</param>
internal sealed class AddressAnonymizer(byte[] key)
{
    private const int KeptBits4 = 8, KeptBits6 = 16, MacBytes = 6;

    private readonly Dictionary<NetAddress, NetAddress> _known = [];
    private readonly HashSet<(bool V6, int Length, UInt128 Prefix)> _unturned = [];

    public IPAddress Map(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return Map(address.MapToIPv4()).MapToIPv6();
        }

        bool kept = IPAddress.IsLoopback(address) || address.Equals(IPAddress.Broadcast)
            || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
        return kept ? address : Map(NetAddress.Of(address)).ToIPAddress();
    }

    /// <summary>The network that an address with so many bits stands for; the address itself where it has more.</summary>
    public string Map(IPAddress address, int length)
    {
        NetAddress plain = NetAddress.Of(address), mapped = NetAddress.Of(Map(address));
        UInt128 host = Low(NetAddress.Width(plain.V6) - length);
        UInt128 bits = (plain.Bits & host) == 0 ? mapped.Bits & ~host : mapped.Bits;
        return string.Create(CultureInfo.InvariantCulture, $"{new NetAddress(plain.V6, bits)}/{length}");
    }

    /// <summary>
    /// Says that the addresses between two are to stay between two. To be said of all ranges before the first address
    /// is mapped: where a range's ends part, and along each of them, no bit is turned.
    /// </summary>
    public void Learn(IPAddress first, IPAddress last)
    {
        NetAddress from = NetAddress.Of(first), to = NetAddress.Of(last);
        int common = Common(from, to), width = NetAddress.Width(from.V6);
        for (int bit = common; bit < Math.Max(width - Zeros(from), common + 1); bit++)
        {
            _unturned.Add(Node(from, bit));
        }

        for (int bit = common + 1; bit < width - Ones(to); bit++)
        {
            _unturned.Add(Node(to, bit));
        }

        _known.Clear();
    }

    /// <summary>A range that was learnt: the addresses between its ends are those that were, mapped.</summary>
    public (IPAddress First, IPAddress Last) Map(IPAddress first, IPAddress last)
    {
        NetAddress from = NetAddress.Of(first), to = NetAddress.Of(last);
        int common = Common(from, to), most = NetAddress.Width(from.V6) - common - 1;
        UInt128 zeros = Low(Math.Min(Zeros(from), most)), ones = Low(Math.Min(Ones(to), most));
        return common == NetAddress.Width(from.V6) ? (Map(first), Map(last))
            : ((Map(from) with { Bits = Map(from).Bits & ~zeros }).ToIPAddress(),
                (Map(to) with { Bits = Map(to).Bits | ones }).ToIPAddress());
    }

    /// <summary>Six octets and colons; whether it is a group's or of one's own making stays.</summary>
    public string MapMac(string mac)
    {
        byte[] bytes = Convert.FromHexString(mac.Replace(":", string.Empty, StringComparison.Ordinal));
        if (bytes.AsSpan().ContainsAnyExcept((byte)0) && bytes.AsSpan().ContainsAnyExcept((byte)0xff))
        {
            byte[] hash = HMACSHA256.HashData(key, bytes);
            hash[0] = (byte)((hash[0] & ~3) | (bytes[0] & 3));
            bytes = hash[..MacBytes];
        }

#pragma warning disable CA1308 // As the tools print it.
        return string.Join(':', bytes.Select(static b => b.ToString("x2", CultureInfo.InvariantCulture)));
#pragma warning restore CA1308
    }

    /// <summary>Each bit is turned or not by a hash of those before it: what begins alike stays alike as far as it
    /// was.</summary>
    private NetAddress Map(NetAddress address)
    {
        if (_known.TryGetValue(address, out NetAddress mapped))
        {
            return mapped;
        }

        int width = NetAddress.Width(address.V6);
        UInt128 bits = address.Bits;
        Span<byte> prefix = stackalloc byte[18], hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        for (int bit = address.V6 ? KeptBits6 : KeptBits4; bit < width; bit++)
        {
            (bool v6, int length, UInt128 before) = Node(address, bit);
            if (_unturned.Contains((v6, length, before)))
            {
                continue;
            }

            (prefix[0], prefix[1]) = (v6 ? (byte)1 : (byte)0, (byte)length);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(prefix[2..], before);
            HMACSHA256.HashData(key, prefix, hash);
            bits ^= (UInt128)(hash[0] & 1) << (width - 1 - bit);
        }

        return _known[address] = new NetAddress(address.V6, bits);
    }

    private static (bool V6, int Length, UInt128 Prefix) Node(NetAddress address, int bit) =>
        (address.V6, bit, address.Bits & ~Low(NetAddress.Width(address.V6) - bit));

    private static int Common(NetAddress left, NetAddress right) => left.V6 != right.V6 ? 0
        : NetAddress.Width(left.V6) - (128 - (int)UInt128.LeadingZeroCount(left.Bits ^ right.Bits));

    private static int Zeros(NetAddress address) =>
        Math.Min((int)UInt128.TrailingZeroCount(address.Bits), NetAddress.Width(address.V6));

    private static int Ones(NetAddress address) =>
        Math.Min((int)UInt128.TrailingZeroCount(~address.Bits), NetAddress.Width(address.V6));

    private static UInt128 Low(int bits) =>
        bits <= 0 ? UInt128.Zero : bits >= 128 ? UInt128.MaxValue : (UInt128.One << bits) - 1;
}
