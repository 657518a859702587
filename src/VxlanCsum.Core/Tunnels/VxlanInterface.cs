using System.Net;

namespace VxlanCsum;

/// <summary>A tunnel device of this machine: VXLAN, or one of those that stand beside it on Kubernetes nodes.</summary>
/// <remarks>Immutable. What the kind of device does not have is null.</remarks>
public sealed record VxlanInterface
{
    [System.Text.Json.Serialization.JsonConstructor]
    internal VxlanInterface(string name, string kind)
    {
        Name = name;
        Kind = kind;
    }

    /// <summary>The device's name. Control characters are escaped.</summary>
    public string Name { get; init; }

    /// <summary>The same as <see cref="Name"/>, under the name by which other cmdlets take it from the
    /// pipeline.</summary>
    public string Interface => Name;

    /// <summary>The kernel's word for the kind: "vxlan", "geneve", "ipip", "sit" or "ip6tnl".</summary>
    public string Kind { get; init; }

    /// <summary>The device's number in its namespace.</summary>
    public int Index { get; init; }

    /// <summary>The network identifier (0 to 16777215); 0 also where each packet brings its own.</summary>
    public int? Vni { get; init; }

    /// <summary>The UDP port that the tunnel listens on and sends to.</summary>
    public ushort? Port { get; init; }

    /// <summary>The source address of tunnel packets; null where routing decides.</summary>
    public IPAddress? Local { get; init; }

    /// <summary>The one other end; null where a forwarding database or each packet names it.</summary>
    public IPAddress? Remote { get; init; }

    /// <summary>The multicast group that carries what has no known destination.</summary>
    public IPAddress? Group { get; init; }

    /// <summary>
    /// The device that tunnel packets leave by: the one configured, or where none is the one that has the local
    /// address. Null where only routing decides, or where the device is in another namespace.
    /// </summary>
    public string? UnderlyingDevice { get; init; }

    /// <summary>The driver of <see cref="UnderlyingDevice"/>, such as "virtio_net"; null where the kernel does not
    /// say.</summary>
    public string? UnderlyingDriver { get; init; }

    /// <summary>The largest packet that <see cref="UnderlyingDevice"/> carries, in bytes; null where that is not
    /// known.</summary>
    public int? UnderlyingMtu { get; init; }

    /// <summary>Whether tunnel packets over IPv4 carry a UDP checksum ("udpcsum").</summary>
    public bool? UdpChecksum { get; init; }

    /// <summary>Whether tunnel packets over IPv6 are sent with a UDP checksum of zero ("udp6zerocsumtx").</summary>
    public bool? UdpZeroChecksum6Tx { get; init; }

    /// <summary>Whether tunnel packets over IPv6 with a UDP checksum of zero are accepted ("udp6zerocsumrx").</summary>
    public bool? UdpZeroChecksum6Rx { get; init; }

    /// <summary>
    /// Where the source ports of tunnel packets come from: the device's own range, or where a VXLAN device has none the
    /// namespace's net.ipv4.ip_local_port_range.
    /// </summary>
    public PortRange? SourcePortRange { get; init; }

    /// <summary>Whether the device learns where stations are from what it receives.</summary>
    public bool? Learning { get; init; }

    /// <summary>Whether each packet brings its own tunnel parameters ("external").</summary>
    public bool? CollectMetadata { get; init; }

    /// <summary>The largest packet it carries, in bytes.</summary>
    public int Mtu { get; init; }

    /// <summary>Whether it is set up (IFF_UP).</summary>
    public bool Up { get; init; }

    /// <summary>The network namespace as it was given (name, path or process id); null for the session's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>The file of text that it was read from, or "text"; null for the kernel's own word.</summary>
    public string? Path { get; init; }

    /// <summary>The device's name, so that it can be given wherever an interface is asked for.</summary>
    public override string ToString() => Name;
}
