using VxlanCsum.Advisories;
using VxlanCsum.Clusters;
using VxlanCsum.Connections;
using VxlanCsum.Counters;
using VxlanCsum.Diagnoses;
using VxlanCsum.KernelLogs;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Pasting;
using VxlanCsum.Tunnels;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Tickets;

/// <summary>All that was read out of a ticket.</summary>
internal sealed class TicketContent
{
    /// <summary>What was understood, in the order of the texts.</summary>
    public List<TicketPiece> Pieces { get; } = [];

    /// <summary>What could not be read though it stands in a piece: "ticket.txt line 12: ..."; escaped.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>The prompts: whose machines these were, and what was typed.</summary>
    public List<PastePrompt> Prompts { get; } = [];

    public TicketPackets Packets { get; } = new();

    /// <summary>Null where no rule was read.</summary>
    public NetfilterRuleset? Rules { get; set; }

    public Dictionary<string, List<OffloadFeature>> Features { get; } = new(StringComparer.Ordinal);

    /// <summary>Features without a device's name.</summary>
    public List<OffloadFeature> NamelessFeatures { get; } = [];

    public Dictionary<string, string> Drivers { get; } = new(StringComparer.Ordinal);

    public List<TextLink> Links { get; } = [];

    public List<VxlanInterface> Tunnels { get; } = [];

    public List<TextRoute> Routes { get; } = [];

    public List<ForwardingEntry> Forwarding { get; } = [];

    /// <summary>What drivers count of checksums.</summary>
    public List<DeviceCounter> DeviceCounters { get; } = [];

    public SocketText Sockets { get; } = new();

    public CounterText Counters { get; } = new();

    /// <summary>Flows of tunnels; null where no connection table was read.</summary>
    public List<VxlanNatBinding>? Flows { get; set; }

    /// <summary>insert_failed of `conntrack -S`, over all processors; null where it was not read.</summary>
    public long? InsertFailed { get; set; }

    public KernelLogText KernelLog { get; } = new();

    public VersionWords Words { get; } = new();

    public List<ClusterNode> Nodes { get; } = [];

    public List<string> FailingPods { get; } = [];

    public ClusterReading Cluster { get; } = new(static v => AdvisoryCatalog.Advise(v));

    /// <summary>How many things are held, of whatever kind; rules have bounds of their own.</summary>
    public int Kept => Pieces.Count + Prompts.Count + Packets.Directions + Features.Count + NamelessFeatures.Count
        + Links.Count + Routes.Count + Forwarding.Count + DeviceCounters.Count + Sockets.SendingAgain.Count
        + Sockets.Unanswered.Count + (Flows?.Count ?? 0) + KernelLog.Complaints.Count + KernelLog.Marked.Count
        + Nodes.Count + FailingPods.Count;

    public bool Has(TicketPieceKind kind) => Pieces.Exists(p => p.Kind == kind);

    /// <summary>Ports that carry a tunnel here: the usual ones, and those of its devices.</summary>
    public IReadOnlySet<ushort> Ports =>
        TunnelPorts.DefaultVxlan.Concat(Tunnels.Select(static t => t.Port).OfType<ushort>()).ToHashSet();
}
