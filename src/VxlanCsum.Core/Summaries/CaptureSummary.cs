namespace VxlanCsum;

/// <summary>What a capture holds, counted: verdicts, causes, tunnels, and who sends the faults.</summary>
public sealed record CaptureSummary
{
    /// <summary>The capture: a path, "-" for standard input, or an interface.</summary>
    public required string Path { get; init; }

    /// <summary>Packets read.</summary>
    public long Packets { get; init; }

    /// <summary>Bytes on the wire.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes in the capture; fewer where the snapshot length cut.</summary>
    public long CapturedBytes { get; init; }

    /// <summary>Time of the earliest packet, UTC; null where no packet has one.</summary>
    public DateTime? FirstTimestamp { get; init; }

    /// <summary>Time of the latest packet, UTC; null where no packet has one.</summary>
    public DateTime? LastTimestamp { get; init; }

    /// <summary>Between the earliest and the latest packet.</summary>
    public TimeSpan Duration => LastTimestamp - FirstTimestamp ?? TimeSpan.Zero;

    /// <summary>The worst verdict on a packet; null where there is no packet.</summary>
    public ChecksumStatus? Status => Bad > 0 ? ChecksumStatus.Bad
        : Illegal > 0 ? ChecksumStatus.Illegal
        : Unverified > 0 ? ChecksumStatus.Unverified
        : Partial > 0 ? ChecksumStatus.Partial
        : Good > 0 ? ChecksumStatus.Good
        : NotPresent > 0 ? ChecksumStatus.NotPresent : null;

    /// <summary>Packets whose worst checksum is <see cref="ChecksumStatus.Good"/>.</summary>
    public long Good { get; init; }

    /// <summary>Packets with no checksum, or one that was not sent, and nothing worse.</summary>
    public long NotPresent { get; init; }

    /// <summary>Packets with an unfinished checksum and nothing worse.</summary>
    public long Partial { get; init; }

    /// <summary>Packets that could not be judged whole, and show nothing worse.</summary>
    public long Unverified { get; init; }

    /// <summary>Packets with a forbidden zero and nothing worse.</summary>
    public long Illegal { get; init; }

    /// <summary>Packets with a wrong checksum.</summary>
    public long Bad { get; init; }

    /// <summary>Checksums by protocol, status and cause; a packet counts once for each of its checksums.</summary>
    public IReadOnlyList<ChecksumCount> Checksums { get; init; } = [];

    /// <summary>Packets by cause.</summary>
    public IReadOnlyList<CauseCount> Causes { get; init; } = [];

    /// <summary>Tunnels by type and network identifier, busiest first.</summary>
    public IReadOnlyList<TunnelCount> Tunnels { get; init; } = [];

    /// <summary>Outermost address pairs with wrong or illegal checksums, worst first.</summary>
    public IReadOnlyList<FaultyTalker> FaultyTalkers { get; init; } = [];

    /// <summary>Packets that a live capture lost; null for a file, which does not say.</summary>
    public long? Dropped { get; init; }

    /// <summary>False when the capture was damaged or the reading was stopped: then these are the counts up to
    /// there.</summary>
    public bool Complete { get; init; }
}

/// <summary>How often a checksum of this protocol had this verdict.</summary>
/// <param name="Protocol">The header that carries it.</param>
/// <param name="Status">The verdict.</param>
/// <param name="Cause">As far as single packets tell.</param>
/// <param name="Count">Checksums.</param>
public sealed record ChecksumCount(ChecksumProtocol Protocol, ChecksumStatus Status, ChecksumCause Cause, long Count)
{
    /// <inheritdoc/>
    public override string ToString() =>
        Cause == ChecksumCause.None ? $"{Protocol} {Status} {Count}" : $"{Protocol} {Status} ({Cause}) {Count}";
}

/// <summary>How many packets have this cause.</summary>
/// <param name="Cause">As far as single packets tell.</param>
/// <param name="Packets">Packets.</param>
public sealed record CauseCount(ChecksumCause Cause, long Packets)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Cause} {Packets}";
}

/// <summary>What one tunnel network carried.</summary>
/// <param name="TunnelType">How it encapsulates.</param>
/// <param name="Vni">Its identifier; null where the tunnel has none.</param>
/// <param name="Packets">Packets.</param>
/// <param name="Bytes">Bytes on the wire.</param>
/// <param name="Faulty">Packets with a wrong or illegal checksum.</param>
public sealed record TunnelCount(TunnelType TunnelType, int? Vni, long Packets, long Bytes, long Faulty)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{TunnelType}{(Vni is { } vni ? $" {vni}" : "")}: {Packets} packets, {Faulty} faulty";
}

/// <summary>A sender and receiver with wrong or illegal checksums.</summary>
/// <param name="Source">Outermost source address.</param>
/// <param name="Destination">Outermost destination address.</param>
/// <param name="Packets">Packets with a wrong or illegal checksum.</param>
public sealed record FaultyTalker(string Source, string Destination, long Packets)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Source} -> {Destination}: {Packets}";
}
