namespace VxlanCsum.Marks;

/// <summary>Tells tunnel packets from what goes into tunnels.</summary>
/// <param name="Devices">The tunnel devices' names.</param>
/// <param name="Ports">The UDP ports that their packets go to.</param>
internal sealed record TunnelView(IReadOnlySet<string> Devices, IReadOnlySet<int> Ports)
{
    public static TunnelView Of(IEnumerable<VxlanInterface> tunnels)
    {
        VxlanInterface[] all = [.. tunnels];
        return new TunnelView(all.Select(static t => t.Name).ToHashSet(StringComparer.Ordinal),
            all.Where(static t => t.Port is > 0).Select(static t => (int)t.Port!).ToHashSet());
    }

    /// <summary>The packet with its layer: a tunnel in a tunnel is what goes into one.</summary>
    public MarkedPacket Judge(MarkedPacket packet) => packet with
    {
        Layer = packet.OutInterface is { } device && Devices.Contains(device) ? MarkedPacketLayer.Inner
            : packet.Protocol == "UDP" && packet.DestinationPort is { } port && Ports.Contains(port)
                ? MarkedPacketLayer.Encapsulated
            : MarkedPacketLayer.Other,
    };
}
