namespace VxlanCsum.Node.Drops;

/// <summary>Which drops to watch.</summary>
/// <param name="NetworkNamespace">As for NetworkNamespace.Open; null for the session's own.</param>
internal sealed record DropWatchOptions(string? NetworkNamespace)
{
    /// <summary>UDP ports that carry VXLAN; null for the customary ones and those of the tunnel devices.</summary>
    public IReadOnlyList<ushort>? Ports { get; init; }

    /// <summary>Not only what has to do with tunnels.</summary>
    public bool All { get; init; }

    /// <summary>At most so many a second are handed on; the rest is counted.</summary>
    public int MostPerSecond { get; init; } = int.MaxValue;

    /// <summary>Ends it; null for never.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>As on kernels before 5.17, which do not say why: all dropped tunnel packets are looked at.</summary>
    public bool ByArithmetic { get; init; }
}

/// <summary>What became of the drops.</summary>
/// <param name="Matched">Drops that the kernel's program picked.</param>
/// <param name="Read">Those that came through.</param>
/// <param name="Missed">Those that found no room, because they were not fetched in time.</param>
/// <param name="LeftOut">Those that were left out because they were too many a second.</param>
internal readonly record struct DropWatchStatistics(long Matched, long Read, long Missed, long LeftOut);
