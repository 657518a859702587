using System.Net;

namespace VxlanCsum.Tunnels;

/// <summary>Devices as they were printed, to be found by name and by address.</summary>
internal sealed class LinkIndex
{
    private readonly Dictionary<string, TextLink> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<IPAddress, TextLink> _byAddress = [];

    /// <param name="links">Of several printings the last counts: it is how things stand.</param>
    public LinkIndex(IEnumerable<TextLink> links)
    {
        foreach (TextLink link in links)
        {
            _byName[link.Name] = link;
            foreach (IPAddress address in link.Addresses)
            {
                _byAddress[address] = link;
            }
        }
    }

    /// <summary>The tunnel with what is known of the device below it: the one that it names, or that has its
    /// address.</summary>
    public VxlanInterface Over(VxlanInterface tunnel)
    {
        TextLink? below = tunnel.UnderlyingDevice is { } name ? _byName.GetValueOrDefault(name)
            : tunnel.Local is { } local ? _byAddress.GetValueOrDefault(local) : null;
        return below is null ? tunnel : tunnel with { UnderlyingDevice = below.Name, UnderlyingMtu = below.Mtu };
    }
}
