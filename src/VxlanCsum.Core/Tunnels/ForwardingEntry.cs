using System.Net;

namespace VxlanCsum.Tunnels;

/// <summary>Behind which address a tunnel finds a station.</summary>
/// <param name="Station">Its link-layer address, in lower case.</param>
/// <param name="Device">The tunnel; escaped.</param>
/// <param name="Destination">The node.</param>
/// <param name="Line">The line of its source, 1-based.</param>
internal sealed record ForwardingEntry(string Station, string Device, IPAddress Destination, long Line)
{
    /// <summary>All zeros: where to flood what has no entry.</summary>
    public bool IsFlood => Station == "00:00:00:00:00:00";
}
