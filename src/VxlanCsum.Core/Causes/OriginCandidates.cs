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

        void Add(OriginReason reason, IEnumerable<HostId> addresses)
        {
            foreach (HostId address in addresses)
            {
                if (address.Size == key.Source.Size && address.IsAddress && !address.IsGroup && found.Count < Limit
                    && known.Add(address))
                {
                    found.Add(new OriginCandidate(address, reason));
                }
            }
        }

        Add(OriginReason.AddressedByPeer,
            all.Where(o => IsAnswering(o, direction, map)).Select(static o => o.Key.Destination));
        Add(OriginReason.ConnectionTable, map.Bindings.Addresses(key));
        Add(OriginReason.NodeAddress, map.NodeAddresses);
        Add(OriginReason.TunnelAddress, direction.InnerSources.Values.Where(static a => a.Size == 4)
            .SelectMany(static a => (HostId[])[a.WithLastByte(0), a.WithLastByte(1), a]));
        Add(OriginReason.Seen, map.Addresses);
        return found;
    }

    /// <summary>The receiver's own packets of the same tunnel, to an address from which nothing comes.</summary>
    private static bool IsAnswering(Direction other, Direction direction, CaptureMap map) =>
        other.Key.Source == direction.Key.Destination && other.Key.Tunnel == direction.Key.Tunnel
        && !map.IsTunnelSource(other.Key.Destination)
        && (direction.Vnis.Count == 0 || direction.Vnis.Overlaps(other.Vnis));
}
