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

internal readonly record struct OriginCandidate(HostId Address, OriginReason Reason)
{
    /// <summary>The few worth testing first, so that a long capture does not dilute them.</summary>
    public bool IsLikely => Reason is OriginReason.AddressedByPeer or OriginReason.ConnectionTable
        or OriginReason.NodeAddress;
}

/// <summary>Where a direction's outer packets may have come from before NAT rewrote their source.</summary>
internal static class OriginCandidates
{
    private const int Limit = 256;

    public static List<OriginCandidate> Of(Direction direction, CaptureMap map, IEnumerable<Direction> all)
    {
        DirectionKey key = direction.Key;
        List<OriginCandidate> found = [];
        HashSet<HostId> known = [key.Source, key.Destination];

        void Add(HostId address, OriginReason reason)
        {
            if (address.Size == key.Source.Size && address.IsAddress && !address.IsGroup && found.Count < Limit
                && known.Add(address))
            {
                found.Add(new OriginCandidate(address, reason));
            }
        }

        foreach (Direction other in all)
        {
            if (other.Key.Source == key.Destination && other.Key.Tunnel == key.Tunnel
                && !map.IsTunnelSource(other.Key.Destination)
                && (direction.Vnis.Count == 0 || direction.Vnis.Overlaps(other.Vnis)))
            {
                Add(other.Key.Destination, OriginReason.AddressedByPeer);
            }
        }

        foreach (HostId address in map.Bindings.Addresses(key))
        {
            Add(address, OriginReason.ConnectionTable);
        }

        foreach (HostId address in map.NodeAddresses)
        {
            Add(address, OriginReason.NodeAddress);
        }

        foreach (HostId inner in direction.InnerSources.Where(static a => a.Size == 4))
        {
            Add(inner.WithLastByte(0), OriginReason.TunnelAddress);
            Add(inner.WithLastByte(1), OriginReason.TunnelAddress);
            Add(inner, OriginReason.TunnelAddress);
        }

        foreach (HostId address in map.Addresses)
        {
            Add(address, OriginReason.Seen);
        }

        return found;
    }
}
