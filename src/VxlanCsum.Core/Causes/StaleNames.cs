using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>For which address or port a wrong checksum is right.</summary>
/// <param name="Flow">The flow it is about.</param>
/// <param name="Tried">Addresses and ports that were tried: with many, one may fit by chance.</param>
/// <param name="IsSource">The source was rewritten; else the destination.</param>
internal sealed record StaleName(DamagedFlow Flow, int Tried, bool IsSource)
{
    /// <summary>None where the address is the packet's own, or is not among the capture's.</summary>
    public HostId Address { get; init; }

    /// <summary>0 where the port is the packet's own.</summary>
    public int Port { get; init; }

    /// <summary>The port is computed, not known from the capture; then the other side's port would explain it as
    /// well.</summary>
    public int OtherPort { get; init; }
}

/// <summary>
/// A checksum that NAT left alone is right for the address and port before it: found - right = new - old (mod 65535).
/// Whether that is what happened is weighed elsewhere; here the old address or port gets its name.
/// </summary>
internal static class StaleNames
{
    private const int FlowsNamed = 256;

    public static List<StaleName> Of(InnerFaults faults, CaptureMap map) =>
        [.. faults.Flows.Where(static f => f.CanBeStale && f.Delta != 0).Take(FlowsNamed).Select(f => Name(f, map))];

    public static bool IsSource(in FlowKey key, HostId old, int delta) =>
        old.Size == key.Source.Size && old != key.Source && Residue.Of(key.Source.WordSum - old.WordSum) == delta;

    public static bool IsDestination(in FlowKey key, HostId old, int delta) =>
        old.Size == key.Source.Size && old != key.Destination
            && Residue.Of(key.Destination.WordSum - old.WordSum) == delta;

    /// <summary>An address with its port, as DNAT from a service to a pod rewrites them.</summary>
    public static bool IsEndpoint(in FlowKey key, HostId address, ushort port, int delta) =>
        address.Size == key.Source.Size && key.DestinationPort != 0
        && ((address != key.Destination
            && Residue.Of(key.Destination.WordSum + key.DestinationPort - address.WordSum - port) == delta)
            || (address != key.Source
                && Residue.Of(key.Source.WordSum + key.SourcePort - address.WordSum - port) == delta));

    private static StaleName Name(DamagedFlow flow, CaptureMap map)
    {
        FlowKey key = flow.Key;
        int tried = 2 * (map.NodeAddresses.Count + map.Addresses.Count);
        foreach (List<HostId> addresses in (List<HostId>[])[map.NodeAddresses, map.Addresses])
        {
            foreach (HostId old in addresses)
            {
                if (IsSource(in key, old, flow.Delta) || IsDestination(in key, old, flow.Delta))
                {
                    return new StaleName(flow, tried, IsSource(in key, old, flow.Delta)) { Address = old };
                }
            }
        }

        foreach ((HostId address, ushort port) in map.Endpoints)
        {
            if (IsEndpoint(in key, address, port, flow.Delta))
            {
                bool destination = Residue.Of(key.Destination.WordSum + key.DestinationPort - address.WordSum - port)
                    == flow.Delta;
                return new StaleName(flow, tried + (2 * map.Endpoints.Count), !destination)
                {
                    Address = address,
                    Port = port
                };
            }
        }

        return ByPort(flow, map);
    }

    /// <summary>A port alone: any difference is some port's.</summary>
    private static StaleName ByPort(DamagedFlow flow, CaptureMap map)
    {
        FlowKey key = flow.Key;
        if (key.DestinationPort == 0)
        {
            return new StaleName(flow, 0, IsSource: true);
        }

        int source = Residue.Of(key.SourcePort - flow.Delta),
            destination = Residue.Of(key.DestinationPort - flow.Delta);
        bool seen = map.Endpoints.Exists(e => e.Port == destination);
        return new StaleName(flow, 0, IsSource: !seen)
        {
            Port = seen ? destination : source,
            OtherPort = seen ? source : destination
        };
    }
}
