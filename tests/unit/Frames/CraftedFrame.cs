namespace VxlanCsum.UnitTests.Frames;

/// <summary>A frame whose verdicts are known because it was built so.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Expected">Protocol and status of each checksum, outer to inner.</param>
/// <param name="Wire">Its length before the snapshot length cut it.</param>
internal sealed record CraftedFrame(string Name, LinkType Link, byte[] Bytes, string Expected, int Wire)
{
    /// <summary>Headers of the capturing host are in its byte order, which the capture's own tells.</summary>
    public bool BigEndian { get; init; }

    public override string ToString() => Name;
}
