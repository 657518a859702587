using System.Net;

namespace VxlanCsum;

/// <summary>What the packets of one tunnel direction, together, say about their checksums.</summary>
/// <remarks>Immutable. A direction is a tunnel type, an outer source and an outer destination; packets outside of
/// tunnels are gathered by their source.</remarks>
public sealed class VxlanChecksumResult
{
    internal VxlanChecksumResult()
    {
    }

    /// <summary>The capture: a path, "-" for standard input, an interface, or "text". With -Merge the first of
    /// <see cref="Sources"/>.</summary>
    public string? Path => Sources.FirstOrDefault();

    /// <summary>All captures that the direction was seen in: several with -Merge.</summary>
    public string[] Sources { get; internal init; } = [];

    /// <summary>Address (or, from text, name) that the tunnel packets come from; the packets' source where there is no
    /// tunnel.</summary>
    public string? OuterSource { get; internal init; }

    /// <summary>Address that the tunnel packets go to; null where there is no tunnel.</summary>
    public string? OuterDestination { get; internal init; }

    /// <summary>None for packets outside of tunnels.</summary>
    public TunnelType TunnelType { get; internal init; }

    /// <summary>The UDP port that the tunnel packets go to; null where there is no tunnel.</summary>
    public int? TunnelPort { get; internal init; }

    /// <summary>The tunnel networks seen, ascending; at most 64.</summary>
    public int[] Vnis { get; internal init; } = [];

    /// <summary>What explains the direction's checksums best.</summary>
    public ChecksumCause Cause { get; internal init; }

    /// <summary>
    /// How likely <see cref="Cause"/> is, 0 to 1, when every cause is weighed on all packets of the direction: of a
    /// hundred verdicts with 0.9 about ninety are right. What makes it is in about_VxlanCsum_Certainty.
    /// </summary>
    public double Confidence { get; internal init; }

    /// <summary>Other causes that the packets do not rule out, the likeliest first; empty where none has half a
    /// percent.</summary>
    public IReadOnlyList<CauseAlternative> Alternatives { get; internal init; } = [];

    /// <summary>Packets of the direction.</summary>
    public long Packets { get; internal init; }

    /// <summary>Packets with a checksum that is wrong and not merely unfinished.</summary>
    public long BadPackets { get; internal init; }

    /// <summary>Packets with a checksum that a device has yet to complete.</summary>
    public long PendingPackets { get; internal init; }

    /// <summary>Packets of which nothing could be verified.</summary>
    public long UnverifiedPackets { get; internal init; }

    /// <summary>Inner flows of the tunnel with a bad packet; of those not followed (see the evidence) only the packets
    /// are counted.</summary>
    public int BrokenFlows { get; internal init; }

    /// <summary>Broken flows of which a later packet was right.</summary>
    public int HealedFlows { get; internal init; }

    /// <summary>The packets by verdict over time, in at most 64 intervals of one length; intervals without packets are
    /// left out, and all are where packets have no times.</summary>
    public IReadOnlyList<VerdictInterval> Timeline { get; internal init; } = [];

    /// <summary>Each fact, re-checkable: every bad packet with what it implies (up to a limit that is then named), and
    /// what they add up to.</summary>
    public IReadOnlyList<ChecksumEvidence> Evidence { get; internal init; } = [];

    /// <summary>The distinct source ports for which the bad outer checksums are right, in order of appearance; empty
    /// where none is implied.</summary>
    public int[] ImpliedOriginalPort { get; internal init; } = [];

    /// <summary>The outer source address before NAT; null where the address was kept or cannot be told.</summary>
    public IPAddress? ImpliedOriginalAddress { get; internal init; }

    /// <summary>One packet in about so many was looked at: the numbers here are of a sample; 1: all were. Null where
    /// no sample was asked for.</summary>
    public double? SampledOneIn { get; internal init; }

    /// <summary>Of a direction that this node sends: its flows that NAT rewrites, by the connection table. Empty where
    /// there is none, or nobody looked (the evidence tells).</summary>
    public IReadOnlyList<VxlanNatBinding> TranslatedFlows { get; internal init; } = [];

    /// <summary>The outer packets were source-translated, as their source ports or their checksums show.</summary>
    public bool OuterSnatSuspected { get; internal init; }

    /// <summary>On which end the direction was captured.</summary>
    public CaptureVantage Vantage { get; internal init; }

    /// <summary>
    /// Inner checksums were still unfinished where the packets arrive. With
    /// <see cref="ChecksumCause.OffloadForgotten"/> a device is to
    /// blame; otherwise no answer was seen, and only a virtual link could excuse it.
    /// </summary>
    public bool UnfinishedOnArrival { get; internal init; }

    /// <summary>What happened, in plain words.</summary>
    public string Explanation { get; internal init; } = "";

    /// <summary>What to do about it, best first.</summary>
    public string Recommendation { get; internal init; } = "";

    /// <summary>Kinds of mitigation that cure the cause, best first, as Get-ChecksumMitigation names them; empty where
    /// there is nothing to cure.</summary>
    public string[] Mitigations { get; internal init; } = [];

    /// <summary>A fault that receivers act on: anything but a right, an unfinished or an unverifiable
    /// checksum.</summary>
    public bool IsFault =>
        Cause is ChecksumCause.Corrupted or ChecksumCause.StaleAfterNat or ChecksumCause.NatZeroChecksum
            or ChecksumCause.NatLocalChecksum or ChecksumCause.OffloadForgotten;

    /// <inheritdoc/>
    public override string ToString() => TunnelType == TunnelType.None
        ? $"{OuterSource}: {Cause}"
        : $"{TunnelType} {OuterSource} -> {OuterDestination}: {Cause}";
}
