using System.Net;
using VxlanCsum.Connections;
using VxlanCsum.Mitigations;
using VxlanCsum.Netfilter.Walking;

namespace VxlanCsum.Diagnoses.Saving;

/// <summary>Evidence as it is saved: all of it but rules and packets, which stand in files of their own as they were
/// read.</summary>
internal sealed record EvidenceDocument
{
    /// <summary>The form of the folder; a later version of the module reads this one's.</summary>
    public const int CurrentFormat = 1;

    public required int Format { get; init; }

    public required string NodeName { get; init; }

    /// <summary>As <see cref="NodeEvidence.NodeId"/>; null where it is not to be told.</summary>
    public string? NodeId { get; init; }

    public IReadOnlyList<AppliedMitigation>? Applied { get; init; }

    public required DateTime Timestamp { get; init; }

    public string? NetworkNamespace { get; init; }

    public required NodeVersions Versions { get; init; }

    public required IReadOnlyList<VxlanInterface> Interfaces { get; init; }

    public required Dictionary<string, int> Indexes { get; init; }

    public required Dictionary<string, IReadOnlyList<OffloadFeature>> Features { get; init; }

    public required IReadOnlyList<IPAddress> Addresses { get; init; }

    public required IReadOnlyList<SavedProgram> Programs { get; init; }

    public required bool HasConntrack { get; init; }

    public required int LockSeconds { get; init; }

    public FelixFacts? Felix { get; init; }

    /// <summary>What the rules were read from, in order; null where they could not be read.</summary>
    public IReadOnlyList<SavedRules>? Rules { get; init; }

    public string? RulesProblem { get; init; }

    public required IReadOnlyList<TraceRequest> Walks { get; init; }

    public required IReadOnlyList<ChecksumErrorCounter> Counters { get; init; }

    /// <summary>Null in folders of versions that did not look.</summary>
    public IReadOnlyList<SeenOrder>? BackendOrders { get; init; }

    /// <summary>Null where it could not be read, and in folders of versions that did not look.</summary>
    public TunnelBindings? Bindings { get; init; }

    public SavedCapture? Capture { get; init; }

    /// <summary>Not in folders that an earlier version saved.</summary>
    public SavedCapture? Drops { get; init; }

    public required IReadOnlyList<KernelDefectResult> KernelDefects { get; init; }

    public required IReadOnlyList<DnsProbeResult> Probes { get; init; }

    /// <summary>Null where it was not known, and in folders of versions that did not save it.</summary>
    public long? InsertFailed { get; init; }

    /// <summary>Null in folders of versions that did not look.</summary>
    public IReadOnlyList<LargePacketProbe>? LargePackets { get; init; }

    public required IReadOnlyList<SourceFailure> Failures { get; init; }

    /// <summary>The document of evidence whose rules are in these files.</summary>
    public static EvidenceDocument Of(NodeEvidence evidence, IReadOnlyList<SavedRules> rules)
    {
        NodeFacts facts = evidence.Facts;
        return new EvidenceDocument
        {
            Format = CurrentFormat,
            NodeName = evidence.NodeName,
            NodeId = evidence.NodeId,
            Applied = evidence.Applied,
            Timestamp = evidence.Timestamp,
            NetworkNamespace = evidence.NetworkNamespace,
            Versions = evidence.Versions,
            Interfaces = facts.Tunnels,
            Indexes = new Dictionary<string, int>(facts.Indexes),
            Features = new Dictionary<string, IReadOnlyList<OffloadFeature>>(facts.Features),
            Addresses = evidence.Addresses,
            Programs = [.. facts.Iptables.Select(static p => new SavedProgram(p.Key.Backend, p.Key.Family, p.Value))],
            HasConntrack = facts.HasConntrack,
            LockSeconds = facts.LockSeconds,
            Felix = facts.Felix,
            Rules = facts.Rules is null ? null : rules,
            RulesProblem = facts.RulesProblem,
            Walks = facts.Walks,
            Counters = evidence.Counters,
            BackendOrders = evidence.BackendOrders,
            Bindings = evidence.Bindings,
            Capture = evidence.Capture is { } capture ? SavedCapture.Of(capture) : null,
            Drops = evidence.Drops is { } drops ? SavedCapture.Of(drops) : null,
            KernelDefects = evidence.KernelDefects,
            Probes = evidence.Probes,
            InsertFailed = evidence.InsertFailed,
            LargePackets = evidence.LargePackets,
            Failures = evidence.Failures,
        };
    }

    /// <summary>The evidence, with the rules and the packets that stand beside the document.</summary>
    public NodeEvidence ToEvidence(NetfilterRuleset? rules, CaptureEvidence? capture, CaptureEvidence? drops) => new()
    {
        NodeName = NodeName,
        NodeId = NodeId,
        Origin = EvidenceOrigin.Saved,
        Applied = Applied ?? [],
        Timestamp = Timestamp,
        NetworkNamespace = NetworkNamespace,
        Versions = Versions,
        Facts = new NodeFacts
        {
            Tunnels = Interfaces,
            Indexes = Indexes,
            Features = Features,
            Rules = rules,
            RulesProblem = RulesProblem,
            Walks = Walks,
            Iptables = Programs.ToDictionary(static p => (p.Backend, p.Family), static p => p.Program),
            HasConntrack = HasConntrack,
            LockSeconds = LockSeconds,
            Felix = Felix,
        },
        Addresses = Addresses,
        Counters = Counters,
        BackendOrders = BackendOrders ?? [],
        Bindings = Bindings,
        Capture = capture,
        Drops = drops,
        KernelDefects = KernelDefects,
        Probes = Probes,
        InsertFailed = InsertFailed,
        LargePackets = LargePackets ?? [],
        Failures = Failures,
    };
}

/// <summary>An iptables program of the node.</summary>
internal sealed record SavedProgram(NetfilterBackend Backend, NetfilterFamily Family, string Program);

/// <summary>Rules in a file.</summary>
/// <param name="File">Its name in the folder.</param>
internal sealed record SavedRules(string File, string Program, NetfilterBackend Backend, NetfilterFamily? Family);
