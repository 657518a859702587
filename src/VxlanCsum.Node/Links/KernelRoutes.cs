using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using VxlanCsum.Mitigations;
using VxlanCsum.Node.Netlink;

namespace VxlanCsum.Node.Links;

/// <summary>The routes of the main table, over netlink (rtnetlink(7)).</summary>
internal static class KernelRoutes
{
    public const ushort NewRoute = 24, DeleteRoute = 25;
    public const int HeaderLength = 12;
    public const ushort Output = 4;
    private const ushort GetRoute = 26;
    private const int Destination = 1, Gateway = 5, Priority = 6, Source = 7, Multipath = 9, CacheInfo = 12,
        TableNumber = 15, Via = 18, NextHopId = 30;
    private const int HopHeader = 8, AttributeHeader = 4, TypeMask = 0x3fff;
    private const byte InternetFamily = 2, InternetFamily6 = 10, MainTable = 254;
    private const uint Cloned = 0x200;

    /// <summary>RTNH_F_PERVASIVE and RTNH_F_ONLINK: the flags that are set, not reported.</summary>
    private const byte SetFlags = 6;

    /// <exception cref="Errors.NodeException">The kernel refuses.</exception>
    public static IReadOnlyList<NodeRoute> Read(NetfilterFamily family)
    {
        bool six = family == NetfilterFamily.IPv6;
        Dictionary<int, string> names = NetworkLinks.Read().ToDictionary(static l => l.Index, static l => l.Name);
        var routes = new List<NodeRoute>();
        byte[] request = new byte[HeaderLength];
        request[0] = six ? InternetFamily6 : InternetFamily;
        using var socket = new NetlinkSocket();
        socket.RequestDump(GetRoute, request, routes.Clear, (type, payload) =>
        {
            if (type == NewRoute && payload.Length >= HeaderLength && payload[0] == request[0]
                && Parse(payload, six, names) is { } route)
            {
                routes.Add(route);
            }
        });
        return routes;
    }

    /// <summary>The routes of one network.</summary>
    public static IReadOnlyList<NodeRoute> Read(NetfilterFamily family, string destination)
    {
        IPNetwork network = IPNetwork.Parse(destination);
        return [.. Read(family).Where(r => r.Destination.Equals(network))];
    }

    /// <summary>Type of service and metric: of two routes with the same the kernel takes the first.</summary>
    public static (byte Service, uint Metric) KeyOf(byte[] message) => (message[3], Number(message, Priority) ?? 0);

    private static NodeRoute? Parse(ReadOnlySpan<byte> message, bool six, Dictionary<int, string> names)
    {
        var route = new RouteAttributes(message[4], six);
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(message[HeaderLength..]))
        {
            route.Take(attribute);
        }

        if (route.Table != MainTable || (MemoryMarshal.Read<uint>(message[8..]) & Cloned) != 0
            || message[1] > (six ? 128 : 32))
        {
            return null;
        }

        var network = new IPNetwork(route.To, message[1]);
        (IPAddress? Gateway, string Device)[] ways = [.. route.Ways.Select(h => (h.Gateway,
            names.TryGetValue(h.Device, out string? name) ? name : h.Device.ToString(CultureInfo.InvariantCulture)))];
        return new NodeRoute(network, [.. ways.Select(static w => w.Device)], route.Metric,
            Text(network, ways, route.From, route.Metric), Restorable(message));
    }

    /// <summary>What the attributes of a route's message say.</summary>
    private sealed class RouteAttributes(uint table, bool six)
    {
        private readonly List<(IPAddress? Gateway, int Device)> _hops = [];
        private IPAddress? _gateway;
        private int _device;

        public uint Table { get; private set; } = table;

        public uint Metric { get; private set; }

        public IPAddress To { get; private set; } = six ? IPAddress.IPv6Any : IPAddress.Any;

        public IPAddress? From { get; private set; }

        /// <summary>Of one way, or of several.</summary>
        public IReadOnlyList<(IPAddress? Gateway, int Device)> Ways =>
            _hops.Count == 0 && _device != 0 ? [(_gateway, _device)] : _hops;

        private static bool IsAddress(ReadOnlySpan<byte> data) => data.Length is 4 or 16;

        public void Take(NetlinkAttribute attribute)
        {
            switch (attribute.Type)
            {
                case Destination when IsAddress(attribute.Data):
                    To = new IPAddress(attribute.Data);
                    break;
                case Output:
                    _device = (int)attribute.UInt32.GetValueOrDefault();
                    break;
                case Gateway:
                    _gateway = attribute.Address;
                    break;
                case Via when attribute.Data.Length > 2 && IsAddress(attribute.Data[2..]):
                    _gateway = new IPAddress(attribute.Data[2..]);
                    break;
                case Priority:
                    Metric = attribute.UInt32.GetValueOrDefault();
                    break;
                case Source:
                    From = attribute.Address;
                    break;
                case Multipath:
                    Hops(attribute.Data, _hops);
                    break;
                case TableNumber:
                    Table = attribute.UInt32.GetValueOrDefault(Table);
                    break;
            }
        }
    }

    /// <summary>As `ip route` shows it.</summary>
    private static string Text(IPNetwork network, (IPAddress? Gateway, string Device)[] ways, IPAddress? source,
        uint metric)
    {
        var text = new StringBuilder(network.PrefixLength == 0 ? "default" : network.ToString());
        foreach ((IPAddress? gateway, string device) in ways)
        {
            text.Append(ways.Length > 1 ? " nexthop" : "").Append(gateway is null ? "" : $" via {gateway}")
                .Append($" dev {device}");
        }

        return text.Append(source is null ? "" : $" src {source}")
            .Append(metric == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" metric {metric}")).ToString();
    }

    private static void Hops(ReadOnlySpan<byte> data, List<(IPAddress?, int)> hops)
    {
        while (data.Length >= HopHeader && MemoryMarshal.Read<ushort>(data) is >= HopHeader and var length
            && length <= data.Length)
        {
            IPAddress? gateway = null;
            foreach (NetlinkAttribute attribute in new NetlinkAttributes(data[HopHeader..length]))
            {
                gateway = attribute.Type switch
                {
                    Gateway => attribute.Address,
                    Via when attribute.Data.Length is 6 or 18 => new IPAddress(attribute.Data[2..]),
                    _ => gateway
                };
            }

            hops.Add((gateway, MemoryMarshal.Read<int>(data[4..])));
            data = data[Math.Min(data.Length, (length + 3) & ~3)..];
        }
    }

    /// <summary>The message without what the kernel only reports: flags of the moment, ages, and next hops that an
    /// object holds.</summary>
    private static byte[] Restorable(ReadOnlySpan<byte> message)
    {
        bool byObject = Number(message, NextHopId) is not null;
        var kept = new List<byte>(message.Length);
        kept.AddRange(message[..HeaderLength]);
        kept[8] &= SetFlags;
        (kept[9], kept[10], kept[11]) = (0, 0, 0);
        ReadOnlySpan<byte> rest = message[HeaderLength..];
        while (rest.Length >= AttributeHeader && MemoryMarshal.Read<ushort>(rest) is >= AttributeHeader and var length
            && length <= rest.Length)
        {
            int type = MemoryMarshal.Read<ushort>(rest[2..]) & TypeMask,
                whole = Math.Min(rest.Length, (length + 3) & ~3);
            if (type != CacheInfo && !(byObject && type is Output or Gateway or Via or Multipath))
            {
                byte[] attribute = rest[..whole].ToArray();
                if (type == Multipath)
                {
                    ClearHopFlags(attribute.AsSpan(AttributeHeader, length - AttributeHeader));
                }

                kept.AddRange(attribute);
            }

            rest = rest[whole..];
        }

        return [.. kept];
    }

    private static void ClearHopFlags(Span<byte> hops)
    {
        while (hops.Length >= HopHeader && MemoryMarshal.Read<ushort>(hops) is >= HopHeader and var length
            && length <= hops.Length)
        {
            hops[2] &= SetFlags;
            hops = hops[Math.Min(hops.Length, (length + 3) & ~3)..];
        }
    }

    /// <summary>It has a gateway or a source address.</summary>
    public static bool HasWay(byte[] message) =>
        Number(message, Gateway) is not null || Number(message, Via) is not null || Number(message, Source) is not null;

    /// <summary>The numbers of the devices that a route leaves by.</summary>
    public static IReadOnlyList<int> DevicesOf(byte[] message)
    {
        var devices = new List<int>();
        _ = Renumbered(message, d =>
        {
            devices.Add(d);
            return d;
        });
        return devices;
    }

    /// <summary>The same route by devices of other numbers.</summary>
    public static byte[] Renumbered(byte[] message, Func<int, int> number)
    {
        byte[] copy = [.. message];
        Span<byte> rest = copy.AsSpan(HeaderLength);
        while (rest.Length >= AttributeHeader && MemoryMarshal.Read<ushort>(rest) is >= AttributeHeader and var length
            && length <= rest.Length)
        {
            int type = MemoryMarshal.Read<ushort>(rest[2..]) & TypeMask;
            Span<byte> data = rest[AttributeHeader..length];
            if (type == Output && data.Length == sizeof(int))
            {
                MemoryMarshal.Write(data, number(MemoryMarshal.Read<int>(data)));
            }
            else if (type == Multipath)
            {
                RenumberHops(data, number);
            }

            rest = rest[Math.Min(rest.Length, (length + 3) & ~3)..];
        }

        return copy;
    }

    private static void RenumberHops(Span<byte> hops, Func<int, int> number)
    {
        while (hops.Length >= HopHeader && MemoryMarshal.Read<ushort>(hops) is >= HopHeader and var length
            && length <= hops.Length)
        {
            MemoryMarshal.Write(hops[4..], number(MemoryMarshal.Read<int>(hops[4..])));
            hops = hops[Math.Min(hops.Length, (length + 3) & ~3)..];
        }
    }

    private static uint? Number(ReadOnlySpan<byte> message, int type)
    {
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(message[HeaderLength..]))
        {
            if (attribute.Type == type)
            {
                return attribute.UInt32;
            }
        }

        return null;
    }

    /// <summary>A message that makes a route through a device and nothing else.</summary>
    public static byte[] Through(NetfilterFamily family, string destination, int device)
    {
        const byte ByBoot = 3, LinkScope = 253, Unicast = 1;
        const uint Metric6 = 1024;
        IPNetwork network = IPNetwork.Parse(destination);
        bool six = family == NetfilterFamily.IPv6;
        byte[] address = network.BaseAddress.GetAddressBytes(), index = new byte[4], metric = new byte[4];
        MemoryMarshal.Write(index, device);
        MemoryMarshal.Write(metric, Metric6);
        return
        [
            six ? InternetFamily6 : InternetFamily, (byte)network.PrefixLength, 0, 0, MainTable, ByBoot,
            six ? (byte)0 : LinkScope, Unicast, 0, 0, 0, 0,
            .. Attribute(Destination, address), .. Attribute(Output, index), .. six ? Attribute(Priority, metric) : [],
        ];
    }

    private static byte[] Attribute(ushort type, byte[] data)
    {
        byte[] attribute = new byte[AttributeHeader + data.Length];
        MemoryMarshal.Write(attribute, (ushort)attribute.Length);
        MemoryMarshal.Write(attribute.AsSpan(2), type);
        data.CopyTo(attribute, AttributeHeader);
        return attribute;
    }
}
