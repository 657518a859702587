namespace VxlanCsum.Causes;

/// <summary>Why an address is a candidate for the outer source before NAT. In the order of belief.</summary>
internal enum OriginReason
{
    /// <summary>The receiver sends its own tunnel packets there, yet nothing comes from there.</summary>
    AddressedByPeer,

    /// <summary>The sender's connection table has it as the address before.</summary>
    ConnectionTable,

    /// <summary>The operator named it with -NodeAddress.</summary>
    NodeAddress,

    /// <summary>An address inside of the tunnel, or the .0 or .1 of its range: how CNIs name a node's tunnel
    /// device.</summary>
    TunnelAddress,

    /// <summary>Some other address of the capture.</summary>
    Seen,
}

internal sealed record OriginCandidate(HostId Address, OriginReason Reason)
{
    /// <summary>The few worth testing first, so that a long capture does not dilute them.</summary>
    public bool IsLikely => Reason is OriginReason.AddressedByPeer or OriginReason.ConnectionTable
        or OriginReason.NodeAddress;
}

/// <summary>Where a direction's outer packets may have come from before NAT rewrote their source.</summary>
internal static class OriginCandidates
{
    private const int Limit = 256;

    public static List<OriginCandidate> Of(Direction direction, CaptureMap map, List<Direction> all)
    {
        DirectionKey key = direction.Key;
        List<OriginCandidate> found = [];
        HashSet<HostId> known = [key.Source, key.Destination];

        void Add(OriginReason reason, HostId address)
        {
            if (address.Size == key.Source.Size && address.IsAddress && !address.IsGroup && found.Count < Limit
                && known.Add(address))
            {
                found.Add(new OriginCandidate(address, reason));
            }
        }

        void AddAll(OriginReason reason, List<HostId> addresses)
        {
            foreach (HostId address in addresses)
            {
                Add(reason, address);
            }
        }

        foreach (Direction other in all)
        {
            if (IsAnswering(other, direction, map))
            {
                Add(OriginReason.AddressedByPeer, other.Key.Destination);
            }
        }

        AddAll(OriginReason.ConnectionTable, map.Bindings.Addresses(key));
        AddAll(OriginReason.NodeAddress, map.NodeAddresses);
        AddAll(OriginReason.TunnelAddress, TunnelAddresses(direction));
        AddAll(OriginReason.Seen, map.Addresses);
        return found;
    }

    private static List<HostId> TunnelAddresses(Direction direction)
    {
        List<HostId> addresses = [];
        foreach ((_, HostId inner) in direction.InnerSources.Entries)
        {
            if (inner.Size == 4)
            {
                addresses.AddRange([inner.WithLastByte(0), inner.WithLastByte(1), inner]);
            }
        }

        return addresses;
    }

    /// <summary>The receiver's own packets of the same tunnel, to an address from which nothing comes.</summary>
    private static bool IsAnswering(Direction other, Direction direction, CaptureMap map) =>
        other.Key.Source == direction.Key.Destination && other.Key.Tunnel == direction.Key.Tunnel
        && !map.IsTunnelSource(other.Key.Destination)
        && (direction.Vnis.Count == 0 || other.Vnis.HoldsAny(direction.Vnis));
}
