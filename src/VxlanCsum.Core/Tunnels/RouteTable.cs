using System.Net;
using System.Net.Sockets;

namespace VxlanCsum.Tunnels;

/// <summary>Routes, to be asked as the kernel asks them: the longest prefix that holds an address wins.</summary>
internal sealed class RouteTable
{
    private readonly Dictionary<(AddressFamily Family, int Length), Dictionary<IPAddress, TextRoute>> _byLength = [];

    // Ways that lead somewhere, by the first address of each; of those that begin alike the widest comes first.
    private readonly (AddressFamily Family, UInt128 First, int Length)[] _ways;

    /// <param name="routes">Of routes to the same network the first counts, and before it what `ip route get`
    /// answered.</param>
    public RouteTable(IReadOnlyCollection<TextRoute> routes)
    {
        foreach (TextRoute route in routes)
        {
            IPNetwork to = route.Destination;
            (AddressFamily, int) key = (to.BaseAddress.AddressFamily, to.PrefixLength);
            if (!_byLength.TryGetValue(key, out Dictionary<IPAddress, TextRoute>? alike))
            {
                _byLength[key] = alike = [];
            }

            if (!alike.TryGetValue(to.BaseAddress, out TextRoute? known) || (route.IsAnswer && !known.IsAnswer))
            {
                alike[to.BaseAddress] = route;
            }
        }

        _ways = [.. routes.Where(static r => r.Refusal is null).Select(static r => r.Destination)
            .Select(static n => (n.BaseAddress.AddressFamily, Number(n.BaseAddress), n.PrefixLength)).Distinct()
            .OrderBy(static w => w, Comparer<(AddressFamily, UInt128, int)>.Create(Compare))];
    }

    /// <summary>The route to an address; null where none leads there.</summary>
    public TextRoute? To(IPAddress address)
    {
        for (int length = Bits(address); length >= 0; length--)
        {
            if (_byLength.TryGetValue((address.AddressFamily, length), out Dictionary<IPAddress, TextRoute>? alike)
                && alike.TryGetValue(Address(Number(address) & Mask(address, length), address), out TextRoute? route))
            {
                return route;
            }
        }

        return null;
    }

    /// <summary>Does a way lead to a part of this network, by a route of its own?</summary>
    public bool HasWayInside(IPNetwork network)
    {
        IPAddress address = network.BaseAddress;
        UInt128 first = Number(address);
        int at = Search((address.AddressFamily, first, network.PrefixLength + 1));
        return at < _ways.Length && _ways[at].Family == address.AddressFamily
            && (_ways[at].First & Mask(address, network.PrefixLength)) == first;
    }

    /// <summary>The first way at this place, or behind it. Two networks overlap only where one holds the other: what
    /// begins inside a network, and not where it begins, is narrower.</summary>
    private int Search((AddressFamily, UInt128, int) place)
    {
        int low = 0, high = _ways.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = Compare(_ways[middle], place) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static int Compare((AddressFamily Family, UInt128 First, int Length) a,
        (AddressFamily Family, UInt128 First, int Length) b) =>
        a.Family != b.Family ? a.Family.CompareTo(b.Family)
        : a.First != b.First ? a.First.CompareTo(b.First) : a.Length.CompareTo(b.Length);

    private static int Bits(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;

    private static UInt128 Mask(IPAddress address, int length)
    {
        int bits = Bits(address);
        UInt128 all = bits == 128 ? UInt128.MaxValue : uint.MaxValue;
        return length == 0 ? UInt128.Zero : (all << (bits - length)) & all;
    }

    private static UInt128 Number(IPAddress address)
    {
        UInt128 number = UInt128.Zero;
        foreach (byte b in address.GetAddressBytes())
        {
            number = (number << 8) | b;
        }

        return number;
    }

    private static IPAddress Address(UInt128 number, IPAddress like)
    {
        byte[] bytes = new byte[Bits(like) / 8];
        for (int i = bytes.Length - 1; i >= 0; i--, number >>= 8)
        {
            bytes[i] = (byte)number;
        }

        return new IPAddress(bytes);
    }
}
