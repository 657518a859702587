using System.Net;

namespace VxlanCsum.Tunnels;

/// <summary>A device as it was printed.</summary>
/// <param name="Name">Its name, without the device it hangs on; escaped.</param>
/// <param name="Index">Its number; 0 where that was not printed.</param>
internal sealed record TextLink(string Name, int Index)
{
    /// <summary>Set up (IFF_UP); null where that was not printed.</summary>
    public bool? IsUp { get; init; }

    /// <summary>Null where it was not printed.</summary>
    public int? Mtu { get; init; }

    /// <summary>Those by which others know the node: neither loopback's nor a link's own.</summary>
    public List<IPAddress> Addresses { get; } = [];
}
