namespace VxlanCsum;

/// <summary>What is wrong with a node's tunnels, why, and what to do; with everything that this stands on.</summary>
/// <remarks>Immutable; fit for ConvertTo-Json. A list is empty where nothing was found, or could not be looked at: then
/// a finding says so.</remarks>
public sealed record NodeDiagnosis
{
    /// <summary>The node's host name, or what was given for it.</summary>
    public required string NodeName { get; init; }

    /// <summary>Tells the node from others of the same name: made from its machine-id, which it does not show. Null
    /// where it is not known.</summary>
    public string? NodeId { get; init; }

    /// <summary>Whether it was found on the node itself or in what was saved of it.</summary>
    public EvidenceOrigin Origin { get; init; }

    /// <summary>When the facts were gathered, UTC.</summary>
    public DateTime Timestamp { get; init; }

    /// <summary>What it comes to.</summary>
    public DiagnosisVerdict Verdict { get; init; }

    /// <summary>The mechanism: the one seen, or with <see cref="DiagnosisVerdict.AtRisk"/> the one to expect. None
    /// where there is nothing to explain.</summary>
    public ChecksumCause Cause { get; init; }

    /// <summary>The findings, heaviest first.</summary>
    public IReadOnlyList<DiagnosisFinding> Findings { get; init; } = [];

    /// <summary>What cures it here, best first, each applicable; ready for Invoke-ChecksumMitigation. Empty where
    /// nothing is to be cured.</summary>
    public IReadOnlyList<ChecksumMitigation> Mitigations { get; init; } = [];

    /// <summary>What happened, in plain words.</summary>
    public string Explanation { get; init; } = string.Empty;

    /// <summary>What to do, in plain words.</summary>
    public string Recommendation { get; init; } = string.Empty;

    /// <summary>The same in a dozen lines, as it is shown.</summary>
    public DiagnosisBrief Brief { get; init; } = new();

    /// <summary>The rule to blame; null where none is.</summary>
    public NetfilterRule? OffendingRule { get; init; }

    /// <summary>The versions.</summary>
    public NodeVersions Versions { get; init; } = new();

    /// <summary>What the versions suggest.</summary>
    public IReadOnlyList<Advisory> Advisories { get; init; } = [];

    /// <summary>The tunnel devices.</summary>
    public IReadOnlyList<VxlanInterface> Interfaces { get; init; } = [];

    /// <summary>The offload features of the tunnel devices and of those below.</summary>
    public IReadOnlyList<OffloadFeature> Features { get; init; } = [];

    /// <summary>The walks through the rules, one a tunnel and family.</summary>
    public IReadOnlyList<RuleTrace> Traces { get; init; } = [];

    /// <summary>The counters of checksum errors at the second reading, with what came since the first.</summary>
    public IReadOnlyList<ChecksumErrorCounter> Counters { get; init; } = [];

    /// <summary>What the capture shows, one a tunnel direction; empty where none was taken or given.</summary>
    public IReadOnlyList<VxlanChecksumResult> CaptureResults { get; init; } = [];

    /// <summary>What the packets show that the kernel dropped for their checksum meanwhile, one a tunnel direction;
    /// empty where there were none, or it was not watched.</summary>
    public IReadOnlyList<VxlanChecksumResult> DropResults { get; init; } = [];

    /// <summary>The flows of tunnel packets that NAT rewrites, at most 100; empty where there are none, or the table
    /// could not be read.</summary>
    public IReadOnlyList<VxlanNatBinding> NatBindings { get; init; } = [];

    /// <summary>Look-ups through a service address, one a transport; empty where none were made.</summary>
    public IReadOnlyList<DnsProbeResult> ProbeResults { get; init; } = [];

    /// <summary>What the kernel was found out to do; empty where that was not asked for.</summary>
    public IReadOnlyList<KernelDefectResult> KernelDefects { get; init; } = [];

    /// <summary>The network namespace as it was given; null for the session's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>What was understood of a ticket, and where it stands; empty where the node itself was looked
    /// at.</summary>
    public IReadOnlyList<TicketPiece> Pieces { get; init; } = [];

    /// <summary>What a ticket does not show: first what would decide most. Empty where the node itself was looked
    /// at.</summary>
    public IReadOnlyList<MissingEvidence> Missing { get; init; } = [];

    /// <summary>Lines of a ticket that could not be read though they stand in a piece that was.</summary>
    public IReadOnlyList<string> Unreadable { get; init; } = [];

    /// <summary>"node7: FaultActive (NatLocalChecksum)".</summary>
    public override string ToString() =>
        Cause == ChecksumCause.None ? $"{NodeName}: {Verdict}" : $"{NodeName}: {Verdict} ({Cause})";
}
