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
        int index = links.FirstOrDefault(l => l.Name == uplink)?.Index ?? 0;
        bool? keeps = index != 0 && source is not null ? DeviceAddresses.KeepsSource(addresses, index, source) : null;
        return given with
        {
            TunnelDevice = tunnel.Name,
            TunnelPort = given.TunnelPort ?? tunnel.Port,
            TunnelSource = source,
            TunnelDestination = given.TunnelDestination ?? tunnel.Remote,
            Uplink = uplink,
            TunnelPorts = tunnel.SourcePortRange,
            TunnelFamily = given.TunnelFamily
                ?? (source?.AddressFamily == AddressFamily.InterNetworkV6 ? NetfilterFamily.IPv6
                : source is null ? null : NetfilterFamily.IPv4),
            KeepsSource = keeps switch
            {
                true => Answer.Yes,
                false => Answer.No,
                null when index != 0 && source is not null => Answer.Unknown,
                _ => null
            },
        };
    }
}
