using System.Globalization;
using System.Net;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Ethtool;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.Node.Links;

/// <summary>The tunnel devices of the network namespace within which they are read.</summary>
internal static class TunnelLinks
{
    /// <summary>All of them, by number.</summary>
    /// <exception cref="NodeException">This is not Linux, or rtnetlink fails.</exception>
    public static IReadOnlyList<VxlanInterface> Read()
    {
        (IReadOnlyList<NetworkLink> links,
            IReadOnlyDictionary<IPAddress, int> addresses) = NetworkLinks.ReadWithAddresses();
        PortRange? localPorts = LocalPorts();
        using EthtoolClient ethtool = EthtoolClient.Open();
        var tunnels = new List<VxlanInterface>();
        foreach (NetworkLink link in links)
        {
            if (TunnelLink.Parse(link, localPorts) is not { } found)
            {
                continue;
            }

            NetworkLink? lower = found.LowerIndex != 0
                ? link.LowerIsElsewhere ? null : links.FirstOrDefault(l => l.Index == found.LowerIndex)
                : found.Tunnel.Local is { } local && addresses.TryGetValue(local, out int holder)
                    ? links.FirstOrDefault(l => l.Index == holder)
                    : null;
            tunnels.Add(
                found.Tunnel with
                {
                    UnderlyingDevice = lower?.Name,
                    UnderlyingMtu = lower?.Mtu,
                    UnderlyingDriver = lower is null ? null : ethtool.TryReadDriver(lower)
                });
        }

        return tunnels;
    }

    /// <summary>The namespace's own; null where they cannot be read.</summary>
    private static PortRange? LocalPorts()
    {
        try
        {
            string[] ports = NamespaceFile.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range")
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return new PortRange(ushort.Parse(ports[0], CultureInfo.InvariantCulture),
                ushort.Parse(ports[1], CultureInfo.InvariantCulture));
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or FormatException or OverflowException
                or IndexOutOfRangeException)
        {
            return null;
        }
    }
}
