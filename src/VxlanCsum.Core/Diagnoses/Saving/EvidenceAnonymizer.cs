using System.Globalization;
using System.Net;
using VxlanCsum.Connections;
using VxlanCsum.Mitigations;
using VxlanCsum.Netfilter.Walking;
using VxlanCsum.Offloads;
using VxlanCsum.Probes;

namespace VxlanCsum.Diagnoses.Saving;

/// <summary>
/// Evidence made anew of what is known to tell nothing of whose node it is. Each record is built from nothing: a
/// property that is added to one is left out until it is mapped here.
/// </summary>
internal sealed class EvidenceAnonymizer(NodeAnonymizer node)
{
    private const string Node = "node";

    private static readonly string[] s_kinds = ["vxlan", "geneve", "ipip", "sit", "ip6tnl", "gre", "gretap"];

    public NodeEvidence Map(NodeEvidence evidence) => new()
    {
        NodeName = Node,
        Origin = evidence.Origin,
        Timestamp = evidence.Timestamp,
        Versions = Map(evidence.Versions),
        Facts = Map(evidence.Facts),
        Addresses = [.. evidence.Addresses.Select(node.Address)],
        Counters = [.. evidence.Counters.Select(Map)],
        BackendOrders = [.. evidence.BackendOrders],
        Bindings = evidence.Bindings is { } bindings ? Map(bindings) : null,
        Capture = Map(evidence.Capture),
        Drops = Map(evidence.Drops),
        KernelDefects = [.. evidence.KernelDefects.Select(Map)],
        Probes = [.. evidence.Probes.Select(Map)],
        InsertFailed = evidence.InsertFailed,
        LargePackets = [.. evidence.LargePackets.Select(l => l with { Server = Address(l.Server) ?? Node })],
        Failures = [.. evidence.Failures.Select(static f => new SourceFailure(f.Source, NodeAnonymizer.LeftOut + "."))],
    };

    private static NodeVersions Map(NodeVersions versions) => new()
    {
        NodeName = Node,
        KernelRelease = NodeAnonymizer.Version(versions.KernelRelease),
        KernelBuild = NodeAnonymizer.Version(versions.KernelBuild),
        Distribution = NodeAnonymizer.Version(versions.Distribution),
        Kubelet = NodeAnonymizer.Version(versions.Kubelet),
        KubeProxy = NodeAnonymizer.Version(versions.KubeProxy),
        Calico = NodeAnonymizer.Version(versions.Calico),
        Flannel = NodeAnonymizer.Version(versions.Flannel),
        Drivers = [.. versions.Drivers.Select(Driver)],
    };

    private NodeFacts Map(NodeFacts facts) => new()
    {
        Tunnels = [.. facts.Tunnels.Select(Map)],
        Indexes = facts.Indexes.DistinctBy(d => node.Name(d.Key)).ToDictionary(d => node.Name(d.Key),
            static d => d.Value),
        Features = facts.Features.DistinctBy(f => node.Name(f.Key)).ToDictionary(f => node.Name(f.Key),
            f => (IReadOnlyList<OffloadFeature>)[.. f.Value.Select(Map)]),

        // They are saved as texts of their own.
        Rules = facts.Rules,
        RulesProblem = facts.RulesProblem is null ? null : NodeAnonymizer.LeftOut + ".",
        Walks = [.. facts.Walks.Select(Map)],
        Iptables = facts.Iptables.ToDictionary(static p => p.Key, static p =>
            (p.Key.Family == NetfilterFamily.IPv6 ? "ip6tables" : "iptables")
            + (p.Key.Backend == NetfilterBackend.IptablesNft ? "-nft" : "-legacy")),
        HasConntrack = facts.HasConntrack,
        LockSeconds = facts.LockSeconds,
        Felix = facts.Felix is { } felix ? new FelixFacts("kubectl", Override(felix.Override)) : null,
    };

    /// <summary>What felix is told to find, as far as it is a known name and "true" or "false".</summary>
    private static string? Override(string? text) => text is null ? null
        : string.Join(',', text.Split(',').Where(static p => p is "ChecksumOffloadBroken=true"
            or "ChecksumOffloadBroken=false" or "MASQFullyRandom=true" or "MASQFullyRandom=false"));

    private VxlanInterface Map(VxlanInterface tunnel) =>
        new(node.Name(tunnel.Name), s_kinds.Contains(tunnel.Kind) ? tunnel.Kind : Node)
        {
            Index = tunnel.Index,
            Vni = tunnel.Vni,
            Port = tunnel.Port,
            Local = Map(tunnel.Local),
            Remote = Map(tunnel.Remote),
            Group = Map(tunnel.Group),
            UnderlyingDevice = tunnel.UnderlyingDevice is { } device ? node.Name(device) : null,
            UnderlyingDriver = tunnel.UnderlyingDriver is { } driver ? Driver(driver) : null,
            UnderlyingMtu = tunnel.UnderlyingMtu,
            UdpChecksum = tunnel.UdpChecksum,
            UdpZeroChecksum6Tx = tunnel.UdpZeroChecksum6Tx,
            UdpZeroChecksum6Rx = tunnel.UdpZeroChecksum6Rx,
            SourcePortRange = tunnel.SourcePortRange,
            Learning = tunnel.Learning,
            CollectMetadata = tunnel.CollectMetadata,
            Mtu = tunnel.Mtu,
            Up = tunnel.Up,
        };

    private OffloadFeature Map(OffloadFeature feature)
    {
        OffloadGroup? group = OffloadTable.FindGroup(feature.Name);
        OffloadFeature known = feature.IsGroup && group is not null ? OffloadTable.DescribeGroup(group)
            : OffloadTable.Describe(OffloadTable.Find(feature.Name) is { } kind ? kind.Name : node.Name(feature.Name));
        return known with
        {
            Interface = feature.Interface is { } device ? node.Name(device) : null,
            Active = feature.Active,
            Requested = feature.Requested,
            Fixed = feature.Fixed,
            Available = feature.Available,
        };
    }

    private TraceRequest Map(TraceRequest walk) => new()
    {
        Family = walk.Family,
        TunnelFamily = walk.TunnelFamily,
        Inner = walk.Inner,
        Mark = walk.Mark,
        Protocol = walk.Protocol is { } protocol ? node.Word(protocol) : null,
        Source = Map(walk.Source),
        Destination = Map(walk.Destination),
        SourcePort = walk.SourcePort,
        DestinationPort = walk.DestinationPort,
        OutInterface = walk.OutInterface is { } device ? node.Name(device) : null,
        State = node.Word(walk.State),
        TunnelDevice = walk.TunnelDevice is { } tunnel ? node.Name(tunnel) : null,
        TunnelSource = Map(walk.TunnelSource),
        TunnelDestination = Map(walk.TunnelDestination),
        TunnelPort = walk.TunnelPort,
        TunnelPorts = walk.TunnelPorts,
        Uplink = walk.Uplink is { } uplink ? node.Name(uplink) : null,
        MasqueradeAddress = Map(walk.MasqueradeAddress),
        KeepsSource = walk.KeepsSource,
        BackendOrder = walk.BackendOrder,
    };

    private static ChecksumErrorCounter Map(ChecksumErrorCounter counter)
    {
        string[] protocols = ["Udp", "Udp6", "UdpLite", "UdpLite6", "Tcp", "Icmp", "Icmp6", "Ip", "Ip6"];
        return new(protocols.Contains(counter.Protocol) ? counter.Protocol : Node,
            counter.Counter is "InCsumErrors" or "InHdrErrors" ? counter.Counter : Node, counter.Value)
        {
            Delta = counter.Delta,
            Rate = counter.Rate,
            Timestamp = counter.Timestamp,
        };
    }

    private TunnelBindings Map(TunnelBindings bindings) => new([.. bindings.Translated.Select(b => new VxlanNatBinding
    {
        Family = b.Family,
        OldAddress = node.Address(b.OldAddress),
        OldPort = b.OldPort,
        NewAddress = node.Address(b.NewAddress),
        NewPort = b.NewPort,
        DestinationAddress = node.Address(b.DestinationAddress),
        DestinationPort = b.DestinationPort,
        NewDestinationAddress = node.Address(b.NewDestinationAddress),
        NewDestinationPort = b.NewDestinationPort,
        Since = b.Since,
        Age = b.Age,
        Packets = b.Packets,
        Bytes = b.Bytes,
        ExpiresIn = b.ExpiresIn,
        Outgoing = b.Outgoing,
        Event = b.Event is "NEW" or "UPDATE" or "DESTROY" ? b.Event : null,
        Zone = b.Zone,
    })], bindings.TranslatedCount, bindings.OutgoingCount, bindings.MasqueradedCount);

    private CaptureEvidence? Map(CaptureEvidence? capture) => capture is null ? null
        : new CaptureEvidence([.. capture.Places.Select(static (_, i) =>
            string.Create(CultureInfo.InvariantCulture, $"capture {i + 1}"))], capture.Packets,
            [.. capture.Results.Select(Map)]);

    private VxlanChecksumResult Map(VxlanChecksumResult result)
    {
        string? source = Address(result.OuterSource), destination = Address(result.OuterDestination);
        return new VxlanChecksumResult
        {
            OuterSource = source,
            OuterDestination = destination,
            TunnelType = result.TunnelType,
            TunnelPort = result.TunnelPort,
            Vnis = result.Vnis,
            Cause = result.Cause,
            Confidence = result.Confidence,
            Alternatives = [.. result.Alternatives.Select(
                static a => new CauseAlternative(a.Cause, a.Probability, NodeAnonymizer.LeftOut))],
            Packets = result.Packets,
            BadPackets = result.BadPackets,
            PendingPackets = result.PendingPackets,
            UnverifiedPackets = result.UnverifiedPackets,
            BrokenFlows = result.BrokenFlows,
            HealedFlows = result.HealedFlows,
            Evidence = [.. result.Evidence.Select(Map)],
            ImpliedOriginalPort = result.ImpliedOriginalPort,
            ImpliedOriginalAddress = Map(result.ImpliedOriginalAddress),
            OuterSnatSuspected = result.OuterSnatSuspected,
            Vantage = result.Vantage,
            UnfinishedOnArrival = result.UnfinishedOnArrival,
            Explanation = string.Create(CultureInfo.InvariantCulture,
                $"Of {result.Packets} packets from {source} to {destination} {result.BadPackets} have a wrong checksum "
                + $"and {result.PendingPackets} an unfinished one: {result.Cause}."),
            Recommendation = "Diagnose again on the node itself: what is to be done there was left out.",
        };
    }

    private ChecksumEvidence Map(ChecksumEvidence evidence)
    {
        IPAddress? implied = Map(evidence.ImpliedAddress);
        string[] facts =
        [
            .. evidence.Found is { } found ? new[] { $"found 0x{found:x4}" } : [],
            .. evidence.Expected is { } expected ? new[] { $"expected 0x{expected:x4}" } : [],
            .. evidence.SourcePort is { } port ? new[] { $"source port {port}" } : [],
            .. evidence.ImpliedPort is { } original ? new[] { $"right for source port {original}" } : [],
            .. implied is not null ? new[] { $"right for {implied}" } : [],
        ];
        return new ChecksumEvidence(evidence.Kind, facts.Length > 0 ? string.Join(", ", facts) : $"{evidence.Kind}")
        {
            FrameNumber = evidence.FrameNumber,
            Found = evidence.Found,
            Expected = evidence.Expected,
            SourcePort = evidence.SourcePort,
            ImpliedPort = evidence.ImpliedPort,
            ImpliedAddress = implied,
        };
    }

    private static KernelDefectResult Map(KernelDefectResult result) => new()
    {
        Defect = result.Defect,
        Present = result.Present,
        KernelRelease = NodeAnonymizer.Version(result.KernelRelease) ?? string.Empty,
        Sent = result.Sent,
        Received = result.Received,
        ChecksumErrors = result.ChecksumErrors,
    };

    private DnsProbeResult Map(DnsProbeResult probe) => new()
    {
        Server = Address(probe.Server) ?? Node,
        Port = probe.Port,
        Name = node.Name(probe.Name),
        QueryType = probe.QueryType is "A" or "AAAA" or "PTR" or "SRV" or "TXT" or "ANY" ? probe.QueryType : Node,
        Transport = probe.Transport,
        Symptom = probe.Symptom,
        Mechanism = $"{probe.Symptom}.",
        Attempts = [.. probe.Attempts.Select(static a => new DnsProbeAttempt
        {
            Number = a.Number,
            Time = a.Time,
            Outcome = a.Outcome,
            Latency = a.Latency,
            ConnectTime = a.ConnectTime,
            Retransmissions = a.Retransmissions,
            ResponseCode = a.ResponseCode is null or "NoError" or "NotExistentDomain" or "ServerFailure" or "Refused"
                or "FormatError" or "NotImplemented" ? a.ResponseCode : NodeAnonymizer.LeftOut,
        })],
        SourceAddress = Address(probe.SourceAddress),
    };

    private IPAddress? Map(IPAddress? address) => address is null ? null : node.Address(address);

    private string? Address(string? text) => text is null ? null : node.AddressText(text) ?? NodeAnonymizer.LeftOut;

    private static string Driver(string driver) => PublicWords.IsDriver(driver) ? driver : Node;
}
