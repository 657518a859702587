using System.Net;
using VxlanCsum.Causes;
using VxlanCsum.Connections;
using VxlanCsum.Mitigations;
using VxlanCsum.Netfilter.Walking;

namespace VxlanCsum.Diagnoses;

/// <summary>All that a diagnosis stands on. The same evidence gives the same diagnosis, wherever and whenever it is
/// judged.</summary>
internal sealed record NodeEvidence
{
    public required string NodeName { get; init; }

    /// <summary>As <see cref="NodeDiagnosis.NodeId"/>.</summary>
    public string? NodeId { get; init; }

    public EvidenceOrigin Origin { get; init; }

    /// <summary>What the journal says is in effect here.</summary>
    public IReadOnlyList<AppliedMitigation> Applied { get; init; } = [];

    /// <summary>UTC.</summary>
    public DateTime Timestamp { get; init; }

    public string? NetworkNamespace { get; init; }

    public NodeVersions Versions { get; init; } = new();

    /// <summary>Devices, features, rules and what to walk through them, as the planner of mitigations wants
    /// them.</summary>
    public NodeFacts Facts { get; init; } = new();

    /// <summary>The addresses of the node, without loopback's: whose packets are its own.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>The counters at the second reading, with what came since the first.</summary>
    public IReadOnlyList<ChecksumErrorCounter> Counters { get; init; } = [];

    /// <summary>Which backend the kernel asks first, where that decides and the counters showed it.</summary>
    public IReadOnlyList<SeenOrder> BackendOrders { get; init; } = [];

    /// <summary>What the connection table says; null where it could not be read.</summary>
    public TunnelBindings? Bindings { get; init; }

    /// <summary>What a capture showed; null where none was asked for, or it could not be taken.</summary>
    public CaptureEvidence? Capture { get; init; }

    /// <summary>What the packets showed that the kernel dropped for their checksum; null where that was not
    /// watched.</summary>
    public CaptureEvidence? Drops { get; init; }

    public IReadOnlyList<KernelDefectResult> KernelDefects { get; init; } = [];

    public IReadOnlyList<DnsProbeResult> Probes { get; init; } = [];

    /// <summary>What became of large segments; empty where no service was asked, or none of its connections comes
    /// up.</summary>
    public IReadOnlyList<LargePacketProbe> LargePackets { get; init; } = [];

    /// <summary>What the kernel's log says; null where it was not looked at.</summary>
    public KernelLogEvidence? KernelLog { get; init; }

    /// <summary>Packets that connection tracking dropped because two raced for one entry, since boot; null where that
    /// is not known.</summary>
    public long? InsertFailed { get; init; }

    /// <summary>What a ticket shows beside what decides.</summary>
    public IReadOnlyList<TicketRemark> Remarks { get; init; } = [];

    /// <summary>The UDP ports that carry VXLAN here.</summary>
    public IReadOnlyList<ushort> TunnelPorts { get; init; } = Verdicts.TunnelPorts.DefaultVxlan;

    /// <summary>What could not be looked at.</summary>
    public IReadOnlyList<SourceFailure> Failures { get; init; } = [];

    /// <summary>The pieces of the ticket that it was read from; empty where the node itself was looked at.</summary>
    public IReadOnlyList<TicketPiece> Pieces { get; init; } = [];

    /// <summary>What is not in the ticket. Nothing failed, so what is there counts in full; but it is not
    /// all.</summary>
    public IReadOnlyList<SourceFailure> NotGiven { get; init; } = [];

    /// <summary>A tunnel device that nobody printed, and that must be there all the same; null where they were
    /// printed.</summary>
    public string? AssumedTunnel { get; init; }

    /// <summary>Whose packets are whose is not known: a ticket shows packets and not the addresses of the
    /// node.</summary>
    public bool HasNoAddresses => Pieces.Count > 0 && Addresses.Count == 0;
}

/// <summary>What a capture showed.</summary>
/// <param name="Places">The interfaces or files.</param>
/// <param name="Packets">Read in all.</param>
internal sealed record CaptureEvidence(IReadOnlyList<string> Places, long Packets,
    IReadOnlyList<VxlanChecksumResult> Results)
{
    /// <summary>The files in which the packets are kept, if they are.</summary>
    public IReadOnlyList<KeptPackets> Kept { get; init; } = [];

    /// <summary>What the packets show beside their checksums; not of saved ones that were left out.</summary>
    public IReadOnlyList<PacketSign> Signs { get; init; } = [];

    public static CaptureEvidence Together(IReadOnlyList<CaptureEvidence> seen) =>
        new([.. seen.SelectMany(static s => s.Places)], seen.Sum(static s => s.Packets),
            [.. seen.SelectMany(static s => s.Results)])
        {
            Kept = [.. seen.SelectMany(static s => s.Kept)],
            Signs = [.. seen.SelectMany(static s => s.Signs)],
        };
}

/// <summary>Packets in a file, without what they carry.</summary>
/// <param name="File">Its name in its folder.</param>
/// <param name="Place">The interface or file that they were captured on or read from.</param>
/// <param name="IsLive">They were captured on the node itself, so that its addresses say on which end.</param>
/// <param name="Ports">The UDP ports that carry VXLAN.</param>
internal sealed record KeptPackets(string File, string Place, bool IsLive, IReadOnlyList<ushort> Ports);

/// <summary>A mitigation that was applied and not undone.</summary>
/// <param name="Since">UTC.</param>
internal sealed record AppliedMitigation(MitigationKind Kind, string Id, DateTime Since, bool Persisted)
{
    /// <summary>Of a route, whether it is still the one that decides; null of all else, which rules and features
    /// show.</summary>
    public bool? IsInEffect { get; init; }
}

/// <summary>Something that could not be looked at.</summary>
/// <param name="Source">What was to be looked at.</param>
/// <param name="Because">Why not, and what to do; escaped.</param>
internal sealed record SourceFailure(DiagnosisSource Source, string Because);
