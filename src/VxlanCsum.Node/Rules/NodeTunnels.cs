using System.Net;
using System.Net.Sockets;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;
using VxlanCsum.Node.Links;

namespace VxlanCsum.Node.Rules;

/// <summary>What this node's VXLAN devices would send.</summary>
internal static class NodeTunnels
{
    /// <summary>The request, completed for each VXLAN device of the network namespace that is up; what was given
    /// stays.</summary>
    public static IReadOnlyList<TraceRequest> Requests(TraceRequest given, string? device)
    {
        IReadOnlyList<DeviceAddress> addresses = DeviceAddresses.Read();
        IReadOnlyList<NetworkLink> links = NetworkLinks.Read();
        return
        [
            .. TunnelLinks.Read()
                .Where(t => t.Kind is "vxlan" or "geneve" && (device is null ? t.Up : t.Name == device))
                .Select(t => Complete(given, t, addresses, links)),
        ];
    }

    private static TraceRequest Complete(TraceRequest given, VxlanInterface tunnel,
        IReadOnlyList<DeviceAddress> addresses, IReadOnlyList<NetworkLink> links)
    {
        string? uplink = given.Uplink ?? tunnel.UnderlyingDevice;
        var source = given.TunnelSource ?? tunnel.Local;
        return given with
        {
            TunnelDevice = tunnel.Name,
            TunnelPort = given.TunnelPort ?? tunnel.Port,
            TunnelSource = source,
            TunnelDestination = given.TunnelDestination ?? tunnel.Remote,
            Uplink = uplink,
            TunnelPorts = tunnel.SourcePortRange,
            TunnelFamily = given.TunnelFamily ?? FamilyOf(source),
            KeepsSource = KeepsSource(addresses, links.FirstOrDefault(l => l.Name == uplink)?.Index ?? 0, source),
        };
    }

    private static NetfilterFamily? FamilyOf(IPAddress? address) => address is null ? null
        : address.AddressFamily == AddressFamily.InterNetworkV6 ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4;

    /// <summary>Null where there is nothing to ask.</summary>
    private static Answer? KeepsSource(IReadOnlyList<DeviceAddress> addresses, int uplink, IPAddress? source)
    {
        if (uplink == 0 || source is null)
        {
            return null;
        }

        return DeviceAddresses.KeepsSource(addresses, uplink, source) switch
        {
            true => Answer.Yes,
            false => Answer.No,
            null => Answer.Unknown,
        };
    }
}
