using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;

namespace VxlanCsum;

/// <summary>One packet and the verdict on each of its checksums.</summary>
/// <remarks>
/// Immutable. What a packet costs in memory is this object and what differs among frames of its shape; strings and
/// layers are made when they are asked for.
/// </remarks>
public class PacketChecksum
{
    private readonly CaptureInterface _interface;
    private readonly PacketFacts _facts;

    internal PacketChecksum(CaptureInterface source, PacketFacts facts)
    {
        _interface = source;
        _facts = facts;
    }

    /// <summary>Keeps what the walker found; the frame may go.</summary>
    private protected PacketChecksum(in CapturedFrame frame, FrameVerdict verdict)
        : this(frame.Interface, PacketFacts.From(in frame, verdict))
    {
        FrameNumber = frame.Number;
        TimestampNanoseconds = frame.TimestampNanoseconds;
        CapturedLength = frame.CapturedLength;
        WireLength = frame.WireLength;
        Comment = frame.Comment;
    }

    /// <summary>Keeps what the walker found; the frame may go.</summary>
    internal static PacketChecksum From(in CapturedFrame frame, FrameVerdict verdict) => new(in frame, verdict);

    /// <summary>The capture it came from: a path, "-" for standard input, an interface, or "text".</summary>
    public string Path => _interface.Path;

    /// <summary>1-based position in the capture, as Wireshark counts.</summary>
    public long FrameNumber { get; internal init; }

    /// <summary>UTC, to 100 ns; the full resolution is in <see cref="TimestampNanoseconds"/>.</summary>
    public DateTime Timestamp => CaptureTime.ToDateTime(TimestampNanoseconds);

    /// <summary>Since 1970-01-01 UTC.</summary>
    public long TimestampNanoseconds { get; internal init; }

    /// <summary>The capturing interface, where the capture names it.</summary>
    public string? Interface => _interface.Name;

    /// <summary>Bytes of the frame in the capture.</summary>
    public int CapturedLength { get; internal init; }

    /// <summary>Bytes of the frame on the wire.</summary>
    public long WireLength { get; internal init; }

    /// <summary>What the frame begins with.</summary>
    public LinkType LinkType => _interface.LinkType;

    /// <summary>Innermost source: address, and port where there is one ("10.244.1.1:33742", "[fd00::1]:53").</summary>
    public string? Source => _facts.Source;

    /// <summary>Innermost destination.</summary>
    public string? Destination => _facts.Destination;

    /// <summary>Source of the tunnel packet; null where there is no tunnel.</summary>
    public string? OuterSource => _facts.OuterSource;

    /// <summary>Destination of the tunnel packet; null where there is no tunnel.</summary>
    public string? OuterDestination => _facts.OuterDestination;

    /// <summary>The first UDP tunnel of the packet or, where there is none, its first tunnel.</summary>
    public TunnelType TunnelType => _facts.Tunnel;

    /// <summary>The tunnel's network identifier (0 to 16777215); null where it has none.</summary>
    public int? Vni => _facts.Vni < 0 ? null : _facts.Vni;

    /// <summary>Every checksum, outer to inner.</summary>
    public IReadOnlyList<ChecksumLayer> Layers => _facts.Layers;

    /// <summary>The worst of its layers'.</summary>
    public ChecksumStatus Status => _facts.Status;

    /// <summary>The outermost checksum that has this status; null where the packet has none.</summary>
    public ChecksumLayer? WorstLayer => Layers.FirstOrDefault(layer => layer.Status == Status);

    /// <summary>Why the packet is not simply right, as far as this one packet tells; Test-VxlanChecksum weighs
    /// many.</summary>
    public ChecksumCause Cause => _facts.Cause;

    /// <summary>The packet's own comment in a pcapng file, control characters escaped.</summary>
    public string? Comment { get; internal init; }

    /// <summary>The decoded packet, where -IncludePacket asked for it.</summary>
    public object? Packet { get; internal set; }

    internal PacketFacts Facts => _facts;
}
