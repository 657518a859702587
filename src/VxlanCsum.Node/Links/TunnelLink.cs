using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using VxlanCsum.Node.Netlink;

namespace VxlanCsum.Node.Links;

/// <summary>What the tunnel kinds say of their devices (linux/if_link.h, linux/if_tunnel.h).</summary>
internal static class TunnelLink
{
    /// <summary>The tunnel of a device and the number of the device below it, 0 for none; null for a device that is no
    /// tunnel.</summary>
    public static (VxlanInterface Tunnel, int LowerIndex)? Parse(NetworkLink link, PortRange? localPorts)
    {
        (VxlanInterface Tunnel, int LowerIndex)? parsed = link.Kind switch
        {
            "vxlan" => ParseVxlan(link, localPorts),
            "geneve" => (ParseGeneve(link), 0),
            "ipip" or "sit" or "ip6tnl" => ParseIpTunnel(link),
            _ => null,
        };
        return parsed is { } found
            ? (found.Tunnel with { Index = link.Index, Mtu = link.Mtu, Up = link.IsUp },
                found.LowerIndex == 0 ? link.LowerIndex : found.LowerIndex)
            : null;
    }

    private static (VxlanInterface, int) ParseVxlan(NetworkLink link, PortRange? localPorts)
    {
        const int Id = 1, Group = 2, Lower = 3, Local = 4, Learning = 7, Range = 10, Port = 15, Group6 = 16,
            Local6 = 17,
            UdpChecksum = 18, ZeroTx = 19, ZeroRx = 20, CollectMetadata = 25;
        int lower = 0;

        // collect_metadata is left out by kernels that say flags by their presence, and 0 by others.
        var tunnel = new VxlanInterface(link.Name, "vxlan") { CollectMetadata = false, SourcePortRange = localPorts };
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(link.KindData))
        {
            switch (attribute.Type)
            {
                case Id: tunnel = tunnel with { Vni = (int?)attribute.UInt32 }; break;
                case Group or Group6: tunnel = WithRemote(tunnel, attribute.Address); break;
                case Lower: lower = (int)(attribute.UInt32 ?? 0); break;
                case Local or Local6: tunnel = tunnel with { Local = attribute.Address ?? tunnel.Local }; break;
                case Learning: tunnel = tunnel with { Learning = attribute.Flag }; break;
                case Range: tunnel = tunnel with { SourcePortRange = RangeOf(attribute.Data) ?? localPorts }; break;
                case Port: tunnel = tunnel with { Port = attribute.NetworkUInt16 }; break;
                case UdpChecksum: tunnel = tunnel with { UdpChecksum = attribute.Flag }; break;
                case ZeroTx: tunnel = tunnel with { UdpZeroChecksum6Tx = attribute.Flag }; break;
                case ZeroRx: tunnel = tunnel with { UdpZeroChecksum6Rx = attribute.Flag }; break;
                case CollectMetadata: tunnel = tunnel with { CollectMetadata = attribute.Flag ?? true }; break;
            }
        }

        return (tunnel, lower);
    }

    private static VxlanInterface ParseGeneve(NetworkLink link)
    {
        const int Id = 1, Remote = 2, Port = 5, CollectMetadata = 6, Remote6 = 7, UdpChecksum = 8, ZeroTx = 9,
            ZeroRx = 10,
            Range = 15;

        var tunnel = new VxlanInterface(link.Name, "geneve")
        {
            CollectMetadata = false,
            SourcePortRange = PortRange.All
        };
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(link.KindData))
        {
            switch (attribute.Type)
            {
                case Id: tunnel = tunnel with { Vni = (int?)attribute.UInt32 }; break;
                case Remote or Remote6: tunnel = WithRemote(tunnel, attribute.Address); break;
                case Port: tunnel = tunnel with { Port = attribute.NetworkUInt16 }; break;
                case CollectMetadata: tunnel = tunnel with { CollectMetadata = true }; break;
                case UdpChecksum: tunnel = tunnel with { UdpChecksum = attribute.Flag }; break;
                case ZeroTx: tunnel = tunnel with { UdpZeroChecksum6Tx = attribute.Flag }; break;
                case ZeroRx: tunnel = tunnel with { UdpZeroChecksum6Rx = attribute.Flag }; break;
                case Range: tunnel = tunnel with { SourcePortRange = RangeOf(attribute.Data) ?? PortRange.All }; break;
            }
        }

        return tunnel;
    }

    private static (VxlanInterface, int) ParseIpTunnel(NetworkLink link)
    {
        const int Lower = 1, Local = 2, Remote = 3, CollectMetadata = 19;
        int lower = 0;
        var tunnel = new VxlanInterface(link.Name, link.Kind!) { CollectMetadata = false };
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(link.KindData))
        {
            switch (attribute.Type)
            {
                case Lower: lower = (int)(attribute.UInt32 ?? 0); break;
                case Local: tunnel = tunnel with { Local = attribute.Address }; break;
                case Remote: tunnel = WithRemote(tunnel, attribute.Address); break;
                case CollectMetadata: tunnel = tunnel with { CollectMetadata = true }; break;
            }
        }

        return (tunnel, lower);
    }

    /// <summary>One attribute serves both; `ip` too tells them apart by the address.</summary>
    private static VxlanInterface WithRemote(VxlanInterface tunnel, IPAddress? address) => address switch
    {
        null => tunnel,
        _ when IsMulticast(address) => tunnel with { Group = address },
        _ => tunnel with { Remote = address },
    };

    private static bool IsMulticast(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? address.IsIPv6Multicast
        : address.GetAddressBytes()[0] is >= 224 and <= 239;

    /// <summary>Null for 0-0, which is how a device says that it has no range of its own.</summary>
    private static PortRange? RangeOf(ReadOnlySpan<byte> data)
    {
        if (data.Length < 4)
        {
            return null;
        }

        var range = new PortRange(BinaryPrimitives.ReadUInt16BigEndian(data),
            BinaryPrimitives.ReadUInt16BigEndian(data[2..]));

        // udp_flow_src_port takes the namespace's range for any that is not at least two ports wide.
        return range.Min < range.Max ? range : null;
    }
}
