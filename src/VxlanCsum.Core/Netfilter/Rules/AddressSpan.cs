namespace VxlanCsum.Netfilter.Rules;

/// <summary>Some addresses: a prefix, a range, or (iptables allows it) a mask with holes.</summary>
internal readonly record struct AddressSpan
{
    private readonly UInt128 _holedMask;

    private AddressSpan(bool v6, UInt128 first, UInt128 last, UInt128 holedMask = default)
    {
        V6 = v6;
        First = first;
        Last = last;
        _holedMask = holedMask;
    }

    public bool V6 { get; }

    public UInt128 First { get; }

    public UInt128 Last { get; }

    public bool IsSingle => First == Last;

    public static AddressSpan Range(NetAddress first, NetAddress last) => new(first.V6, first.Bits, last.Bits);

    /// <summary>"10.0.0.1", "10.0.0.0/8", "10.0.0.0/255.0.0.0", "10.0.0.1-10.0.0.9".</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out AddressSpan span)
    {
        span = default;
        int dash = text.IndexOf('-');
        if (dash > 0)
        {
            return TryRange(text[..dash], text[(dash + 1)..], out span);
        }

        int slash = text.IndexOf('/');
        if (!NetAddress.TryParse(slash < 0 ? text : text[..slash], out NetAddress address))
        {
            return false;
        }

        UInt128 mask = NetAddress.All(address.V6);
        if (slash >= 0 && !NetAddress.TryPrefix(text[(slash + 1)..], address.V6, out mask))
        {
            return false;
        }

        UInt128 rest = NetAddress.All(address.V6) & ~mask;
        UInt128 net = address.Bits & mask;
        span = (rest & (rest + 1)) == 0
            ? new AddressSpan(address.V6, net, net | rest)
            : new AddressSpan(address.V6, net, net | rest, mask);
        return true;
    }

    private static bool TryRange(ReadOnlySpan<char> from, ReadOnlySpan<char> to, out AddressSpan span)
    {
        bool isRange = NetAddress.TryParse(from, out NetAddress first) & NetAddress.TryParse(to, out NetAddress last)
            && first.V6 == last.V6 && first.Bits <= last.Bits;
        span = isRange ? Range(first, last) : default;
        return isRange;
    }

    public bool Contains(NetAddress address) => address.V6 == V6
        && (_holedMask == 0 ? address.Bits >= First && address.Bits <= Last : (address.Bits & _holedMask) == First);

    /// <summary>Every address of the other is one of these.</summary>
    public bool Covers(AddressSpan other) =>
        V6 == other.V6 && _holedMask == 0 && First <= other.First && Last >= other.Last;

    /// <summary>The two have no address in common, as far as can be told without looking into holes.</summary>
    public bool Misses(AddressSpan other) => V6 != other.V6 || First > other.Last || Last < other.First;
}
