using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Templates;

namespace VxlanCsum.Captures.Walking;

/// <summary>What is known of a packet, whether it was walked (<see cref="CommonFacts"/>, <see cref="PackedFacts"/>) or read
/// from text (<see cref="TextFacts"/>).</summary>
internal abstract class PacketFacts
{
    public abstract string? Source { get; }
    public abstract string? Destination { get; }
    public abstract string? OuterSource { get; }
    public abstract string? OuterDestination { get; }
    public abstract IReadOnlyList<ChecksumLayer> Layers { get; }

    /// <summary>What the walker found; null of text.</summary>
    public virtual PackedFacts? Walked => null;
    public TunnelType Tunnel { get; init; }
    public int Vni { get; init; } = -1;

    /// <summary>Time to live (hop limit) of the tunnel's IP header; 0 where there is no tunnel, or it is not
    /// known.</summary>
    public byte TunnelTtl { get; init; }
    public ChecksumStatus Status { get; init; }
    public ChecksumCause Cause { get; init; }

    /// <summary>Copies what the walker found; the frame may go.</summary>
    public static unsafe PacketFacts From(in CapturedFrame frame, FrameVerdict verdict) => verdict.Shape == FrameShape.Any
        ? PackedFacts.From(verdict)
        : new CommonFacts(frame.Data, verdict.Shape)
        {
            Tunnel = verdict.Tunnel,
            Vni = verdict.Vni,
            Status = verdict.Status,
            Cause = verdict.Cause,
        };
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
