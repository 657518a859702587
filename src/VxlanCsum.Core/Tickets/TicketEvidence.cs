using System.Text.RegularExpressions;
using VxlanCsum.Clusters;
using VxlanCsum.Connections;
using VxlanCsum.Diagnoses;
using VxlanCsum.Marks;
using VxlanCsum.Mitigations;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;
using VxlanCsum.Text;
using VxlanCsum.Tunnels;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Tickets;

/// <summary>What was read out of a ticket, as the evidence that a node's diagnosis stands on.</summary>
internal static partial class TicketEvidence
{
    /// <summary>What a node is called whose name nobody wrote.</summary>
    public const string Nameless = "ticket";

    /// <summary>What a tunnel is called that nobody printed and whose name nothing tells.</summary>
    private const string NoName = "the VXLAN device";

    /// <param name="ticket">What was read.</param>
    /// <param name="nodeName">The node's name, where the reader of the ticket knows it.</param>
    /// <param name="time">UTC.</param>
    public static NodeEvidence Of(TicketContent ticket, string? nodeName, DateTime time)
    {
        string name = SafeText.Escape(nodeName ?? NameOf(ticket));
        string? assumed = AssumedTunnel(ticket);
        NodeFacts facts = Facts(ticket, assumed);
        return new NodeEvidence
        {
            NodeName = name,
            Origin = EvidenceOrigin.Saved,
            Timestamp = time,
            Versions = Versions(ticket, name),
            Facts = facts,
            Addresses = [.. ticket.Links.SelectMany(static l => l.Addresses).Distinct()],
            Counters = ticket.Counters.Counters(),
            Bindings = Bindings(ticket),
            Capture = ticket.Packets.Together,
            KernelLog = Log(ticket),
            TunnelPorts = [.. ticket.Ports],
            InsertFailed = ticket.InsertFailed,
            Remarks = [.. WayRemarks.Of(ticket), .. CountRemarks.Of(ticket), .. ticket.Packets.Printed.Remarks(),
                .. Cluster(ticket)],
            AssumedTunnel = assumed,
            Pieces = ticket.Pieces,
            NotGiven = [.. NotGiven(ticket, facts)],
        };
    }

    /// <summary>A name that tunnels have by what makes them: flannel, Calico, Cilium, Antrea, weave.</summary>
    public static bool IsTunnelName(string name) => TunnelName().IsMatch(name);

    /// <summary>The one machine that the prompts name; uname's; where there are several, none.</summary>
    private static string NameOf(TicketContent ticket)
    {
        string[] hosts = [.. ticket.Prompts.Select(static p => p.Host).OfType<string>()
            .Distinct(StringComparer.Ordinal)];
        return hosts.Length == 1 ? hosts[0] : hosts.Length == 0 ? ticket.Words.Host ?? Nameless : Nameless;
    }

    /// <summary>Where rules or flows of a tunnel were pasted and the tunnel was not, there is one all the
    /// same.</summary>
    private static string? AssumedTunnel(TicketContent ticket) =>
        ticket.Tunnels.Exists(static t => t.Kind == "vxlan") || (ticket.Rules is null && ticket.Flows is null) ? null
            : ticket.Features.Keys.Concat(ticket.Links.Select(static l => l.Name)).Concat(ticket.Packets.Devices)
                .Concat(ticket.KernelLog.Marked.Select(static m => m.OutInterface).OfType<string>())
                .FirstOrDefault(IsTunnelName) ?? NoName;

    private static NodeFacts Facts(TicketContent ticket, string? assumed)
    {
        IEnumerable<VxlanInterface> given = assumed is null
            ? ticket.Tunnels.Where(static t => t.Kind == "vxlan")
            : [new VxlanInterface(assumed, "vxlan") { Up = true, Port = SeenPort(ticket) }];
        var devices = new LinkIndex(ticket.Links);
        VxlanInterface[] tunnels = [.. given.Select(t => Driven(devices.Over(t), ticket))];
        var facts = new NodeFacts
        {
            Tunnels = tunnels,
            Rules = ticket.Rules,
            Features = ticket.Features.ToDictionary(static f => f.Key, static f =>
                (IReadOnlyList<OffloadFeature>)f.Value,
                StringComparer.Ordinal),
            // Where its rules were printed, the program is there.
            Iptables = ticket.Rules is null ? new Dictionary<(NetfilterBackend, NetfilterFamily), string>()
                : Programs(),
            HasConntrack = true,
        };
        return ticket.Rules is null ? facts
            : facts with
            {
                Walks = [.. facts.ServiceFamilies().SelectMany(f =>
                tunnels.Select(t => Walk(t, f, assumed)))]
            };
    }

    private static TraceRequest Walk(VxlanInterface tunnel, NetfilterFamily family, string? assumed) => new()
    {
        Family = family,
        TunnelDevice = tunnel.Name == assumed && !IsTunnelName(tunnel.Name) ? null : tunnel.Name,
        TunnelPort = tunnel.Port,
        TunnelSource = tunnel.Local,
        TunnelDestination = tunnel.Remote,
        Uplink = tunnel.UnderlyingDevice,
        TunnelPorts = tunnel.SourcePortRange,
        TunnelFamily = tunnel.Local is not { } local ? null
            : local.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? NetfilterFamily.IPv6
                : NetfilterFamily.IPv4,
    };

    private static Dictionary<(NetfilterBackend Backend, NetfilterFamily Family), string> Programs() => new()
    {
        [(NetfilterBackend.IptablesNft, NetfilterFamily.IPv4)] = "iptables",
        [(NetfilterBackend.IptablesNft, NetfilterFamily.IPv6)] = "ip6tables",
        [(NetfilterBackend.IptablesLegacy, NetfilterFamily.IPv4)] = "iptables-legacy",
        [(NetfilterBackend.IptablesLegacy, NetfilterFamily.IPv6)] = "ip6tables-legacy",
    };

    /// <summary>The tunnel with the driver of the device below it, which another piece names.</summary>
    private static VxlanInterface Driven(VxlanInterface tunnel, TicketContent ticket) => tunnel with
    {
        UnderlyingDriver = tunnel.UnderlyingDevice is { } device ? ticket.Drivers.GetValueOrDefault(device) : null,
    };

    private static ushort? SeenPort(TicketContent ticket) =>
        ticket.Flows is [{ } flow, ..] ? flow.DestinationPort
            : ticket.KernelLog.Complaints.Select(static c => c.ToPort)
                .FirstOrDefault(ticket.Ports.Contains) is > 0 and var port
                ? port : null;

    private static TunnelBindings? Bindings(TicketContent ticket)
    {
        if (ticket.Flows is not { } flows)
        {
            return null;
        }

        VxlanNatBinding[] translated = [.. flows.Where(static f => f.IsTranslated)];
        return new TunnelBindings([.. translated.Take(TunnelBindings.Most)], translated.Length, flows.Count, 0);
    }

    private static KernelLogEvidence? Log(TicketContent ticket)
    {
        var view = new TunnelView(
            ticket.Tunnels.Select(static t => t.Name).Concat(ticket.KernelLog.Marked.Select(static m => m.OutInterface)
                .OfType<string>().Where(IsTunnelName)).ToHashSet(StringComparer.Ordinal),
            ticket.Ports.Select(static p => (int)p).ToHashSet());
        return ticket.KernelLog.Complaints.Count + ticket.KernelLog.Marked.Count == 0 ? null
            : new KernelLogEvidence(ticket.KernelLog.Complaints, [.. ticket.KernelLog.Marked.Select(view.Judge)]);
    }

    /// <summary>What the words say, and the nodes where all say the same.</summary>
    private static NodeVersions Versions(TicketContent ticket, string name)
    {
        NodeVersions said = ticket.Words.Versions;
        ClusterNode[] nodes = [.. ticket.Nodes.Where(n => n.Name == name)];
        NodeRisk[] risks = [.. (nodes.Length > 0 ? nodes : [.. ticket.Nodes]).Take(1000).Select(ticket.Cluster.Judge)];
        string? Same(Func<NodeRisk, string?> of) =>
            risks.Select(of).Distinct(StringComparer.Ordinal).ToArray() is [{ } only] ? only : null;
        bool calico = risks.Length > 0 && risks.All(static r => r.Cni is "calico" or "canal"),
            flannel = risks.Length > 0 && risks.All(static r => r.Cni == "flannel");
        return said with
        {
            NodeName = name,
            KernelRelease = said.KernelRelease ?? Same(static r => r.KernelVersion),
            Distribution = said.Distribution ?? Same(static r => r.OSImage),
            Kubelet = said.Kubelet ?? Same(static r => r.Kubelet),
            KubeProxy = said.KubeProxy ?? Same(static r => r.KubeProxyVersion),
            Calico = said.Calico ?? (calico ? Same(static r => r.CniVersion) : null),
            Flannel = said.Flannel ?? (flannel ? Same(static r => r.CniVersion) : null),
            Drivers = [.. ticket.Drivers.Values.Distinct(StringComparer.Ordinal)],
        };
    }

    private static IEnumerable<SourceFailure> NotGiven(TicketContent ticket, NodeFacts facts)
    {
        static SourceFailure Lack(DiagnosisSource source, string what, string command) =>
            new(source, $"{what} not in the ticket: `{command}` prints "
                + $"{(what.EndsWith("are", StringComparison.Ordinal) ? "them" : "it")}.");
        if (ticket.Rules is null)
        {
            yield return Lack(DiagnosisSource.Rules, "The rules are", "iptables-save; nft list ruleset");
        }
        else if (OtherEngine(ticket) is { } other)
        {
            yield return Lack(DiagnosisSource.Rules, "The other engine's rules, which the kernel asks as well, are",
                other);
        }

        if (!ticket.Tunnels.Exists(static t => t.Kind == "vxlan"))
        {
            yield return Lack(DiagnosisSource.Devices, "The tunnel device is", "ip -d link show type vxlan");
        }

        string[] unknown = [.. facts.Tunnels.Select(static t => t.Name).Where(n => !facts.Features.ContainsKey(n))];
        if (unknown.Length > 0 || facts.Tunnels.Count == 0)
        {
            yield return Lack(DiagnosisSource.Features, "The tunnel's offload features are",
                $"ethtool -k {(unknown.FirstOrDefault(IsTunnelName) ?? "TUNNEL")}");
        }

        if (facts.Tunnels.Count > 0 && ticket.Counters.Counters().Count == 0)
        {
            yield return Lack(DiagnosisSource.Counters, "The counters are",
                "nstat -az UdpInCsumErrors TcpInCsumErrors");
        }
    }

    /// <summary>What the cluster's objects say that no diagnosis of one node asks for.</summary>
    private static IEnumerable<TicketRemark> Cluster(TicketContent ticket)
    {
        if (ticket.Cluster.Felix(string.Empty, new FelixSettings()).ChecksumOffloadBroken == true)
        {
            yield return new TicketRemark("FelixOffloadOff",
                "Felix is told that checksum offload is broken (featureDetectOverride: ChecksumOffloadBroken=true): it "
                + "switches it off on its VXLAN device, which keeps checksums right whatever the rules do. ethtool -k "
                + "shows whether it is off.");
        }

        if (ticket.Cluster.KubeProxyMode is { } mode)
        {
            yield return new TicketRemark("KubeProxyMode", $"kube-proxy's mode is {SafeText.Escape(mode)}.");
        }

        if (ticket.Cluster.Flannel is { Backend: { } backend })
        {
            yield return new TicketRemark("FlannelBackend", backend == "vxlan" ? "flannel's backend is vxlan."
                : $"flannel's backend is {SafeText.Escape(backend)}: it sends no VXLAN packets, so it does not have "
                    + $"this fault.");
        }

        if (ticket.FailingPods.Find(static p => p.Contains("dns", StringComparison.OrdinalIgnoreCase)) is { } dns)
        {
            yield return new TicketRemark("DnsPodDown", $"A pod of the cluster's DNS does not run ({dns}): look-ups "
                + $"fail for that, whatever the checksums.");
        }

        foreach (string program in ticket.Words.Disputed)
        {
            yield return new TicketRemark("VersionsDiffer", $"The ticket names several versions of {program}: none is "
                + $"taken for the node's.");
        }
    }

    /// <summary>What prints the rules of the engine that is not in the ticket; null where both are, or the command was
    /// given and printed nothing.</summary>
    private static string? OtherEngine(TicketContent ticket)
    {
        bool Shown(NetfilterBackend backend, string program) =>
            ticket.Rules!.Tables.Any(t => t.Backend == backend)
            || ticket.Prompts.Any(p => p.Command.StartsWith(program, StringComparison.Ordinal));
        return !Shown(NetfilterBackend.IptablesLegacy, "iptables-legacy") ? "iptables-legacy-save"
            : !Shown(NetfilterBackend.IptablesNft, "iptables-nft") && !Shown(NetfilterBackend.Nftables, "nft ")
                ? "nft list ruleset" : null;
    }

    [GeneratedRegex(@"^(?:flannel(?:[.-]v?6?[.\d]*)?|vxlan.*|.*\.calico|cilium_vxlan|antrea-tun0|weave|vxlan_sys_\d+)$", RegexOptions.CultureInvariant)]
    private static partial Regex TunnelName();
}
