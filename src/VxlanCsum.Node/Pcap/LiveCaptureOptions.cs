namespace VxlanCsum.Node.Pcap;

/// <summary>What to capture, and how.</summary>
/// <param name="Interface">A device's name, or "any".</param>
/// <param name="NetworkNamespace">As for NetworkNamespace.Open; null for the session's own.</param>
internal sealed record LiveCaptureOptions(string Interface, string? NetworkNamespace)
{
    /// <summary>libpcap's MAXIMUM_SNAPLEN: longer than any frame.</summary>
    public const int MaxSnapLength = 262_144;

    /// <summary>Linux's pseudo-device for all interfaces.</summary>
    public const string AnyInterface = "any";

    /// <summary>In tcpdump's language; null for everything.</summary>
    public string? Filter { get; init; }

    public int SnapLength { get; init; } = MaxSnapLength;

    /// <summary>Only so many frames a second, chosen at random by the kernel; null for all.</summary>
    public int? MostSampled { get; init; }

    /// <summary>Also frames for other stations.</summary>
    public bool Promiscuous { get; init; }

    /// <summary>How long to capture; null until stopped.</summary>
    public TimeSpan? Duration { get; init; }
}
