using System.Net;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Walking;

/// <summary>What to walk. What is null is derived from the rules or taken as unknown.</summary>
internal sealed record TraceRequest
{
    /// <summary>VXLAN's port as flannel and Calico's predecessor of the standard use it; 4789 is IANA's.</summary>
    public const int DefaultTunnelPort = 8472;

    public NetfilterFamily Family { get; init; }

    public NetfilterFamily? TunnelFamily { get; init; }

    /// <summary>Walk the service packet and then the tunnel's; without, the packet described is the tunnel's.</summary>
    public bool Inner { get; init; } = true;

    public uint? Mark { get; init; }

    public string? Protocol { get; init; }

    public IPAddress? Source { get; init; }

    /// <summary>With a destination the service packet starts at OUTPUT, unmarked; without, behind it, marked.</summary>
    public IPAddress? Destination { get; init; }

    public int? SourcePort { get; init; }

    public int? DestinationPort { get; init; }

    public string? OutInterface { get; init; }

    public string State { get; init; } = "NEW";

    /// <summary>The VXLAN device: the service packet leaves by it, and the tunnel packet reaches POSTROUTING from
    /// it.</summary>
    public string? TunnelDevice { get; init; }

    public IPAddress? TunnelSource { get; init; }

    public IPAddress? TunnelDestination { get; init; }

    /// <summary>Null: <see cref="DefaultTunnelPort"/>.</summary>
    public int? TunnelPort { get; init; }

    /// <summary>Where the tunnel's source ports come from; null: the kernel's default range.</summary>
    public PortRange? TunnelPorts { get; init; }

    public string? Uplink { get; init; }

    /// <summary>The address that MASQUERADE gives what leaves by the uplink; null: the tunnel's own.</summary>
    public IPAddress? MasqueradeAddress { get; init; }

    /// <summary>What is known without an address: MASQUERADE on the uplink leaves the tunnel's source as it
    /// is.</summary>
    public Answer? KeepsSource { get; init; }

    /// <summary>
    /// Which engine's nat chains are asked first where two have the same priority; empty: unknown. The kernel asks
    /// first whichever was registered last, and no rule text says which that is.
    /// </summary>
    public IReadOnlyList<NetfilterBackend> BackendOrder { get; init; } = [];
}
