namespace VxlanCsum.Captures.Walking;

/// <summary>What is known of a packet, whether it was walked (<see cref="PackedFacts"/>) or read from text
/// (<see cref="TextFacts"/>).</summary>
internal abstract class PacketFacts
{
    public abstract string? Source { get; }
    public abstract string? Destination { get; }
    public abstract string? OuterSource { get; }
    public abstract string? OuterDestination { get; }
    public abstract IReadOnlyList<ChecksumLayer> Layers { get; }
    public TunnelType Tunnel { get; init; }
    public int Vni { get; init; } = -1;

    /// <summary>Time to live (hop limit) of the tunnel's IP header; 0 where there is no tunnel, or it is not
    /// known.</summary>
    public byte TunnelTtl { get; init; }
    public ChecksumStatus Status { get; init; }
    public ChecksumCause Cause { get; init; }
}

/// <summary>Facts that were stated, not walked: of pasted tcpdump text.</summary>
internal sealed class TextFacts(string? source, string? destination, string? outerSource, string? outerDestination,
    IReadOnlyList<ChecksumLayer> layers)
    : PacketFacts
{
    public override string? Source { get; } = source;
    public override string? Destination { get; } = destination;
    public override string? OuterSource { get; } = outerSource;
    public override string? OuterDestination { get; } = outerDestination;
    public override IReadOnlyList<ChecksumLayer> Layers { get; } = layers;
}
