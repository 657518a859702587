namespace VxlanCsum;

/// <summary>What Repair-PcapChecksum made of a capture.</summary>
public sealed record CaptureRepair
{
    /// <summary>The capture that was read.</summary>
    public required string Source { get; init; }

    /// <summary>The capture that was written: what comes next in a pipeline takes that.</summary>
    public required string Path { get; init; }

    /// <summary>Packets written.</summary>
    public required long Packets { get; init; }

    /// <summary>Packets of which a checksum was changed.</summary>
    public required long RepairedPackets { get; init; }

    /// <summary>Checksums changed.</summary>
    public required long RepairedChecksums { get; init; }

    /// <summary>Checksums left as they are because what they cover is not all there: fragments, packets cut by the
    /// snapshot length, lying lengths.</summary>
    public required long UnverifiedChecksums { get; init; }

    /// <summary>Outer checksums that were right and are wrong now, since they cover what was repaired inside (-Layer
    /// Inner); -Layer All mends them as well.</summary>
    public required long SpoiltChecksums { get; init; }

    /// <summary>False where the capture is damaged and what comes after the damage could not be read.</summary>
    public required bool Complete { get; init; }
}
