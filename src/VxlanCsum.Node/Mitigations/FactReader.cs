using VxlanCsum.Mitigations;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Ethtool;
using VxlanCsum.Node.Links;
using VxlanCsum.Node.Processes;
using VxlanCsum.Node.Rules;

namespace VxlanCsum.Node.Mitigations;

/// <summary>Reads what the planner must know of the network namespace within which it is called. Changes
/// nothing.</summary>
internal static class FactReader
{
    /// <exception cref="NodeException">This is not Linux, or the devices cannot be read.</exception>
    public static NodeFacts Read(FactRequest request, CancellationToken cancellation)
    {
        (NetfilterRuleset? rules, string? problem) = Rules(cancellation);
        NodeFacts facts = ReadDevices(request, cancellation) with { Rules = rules, RulesProblem = problem };
        return facts with { Walks = Walks(facts) };
    }

    /// <summary>The rules, and what is needed to change them.</summary>
    public static NodeFacts ReadRules(FactRequest request, CancellationToken cancellation)
    {
        (NetfilterRuleset? rules, string? problem) = Rules(cancellation);
        return new NodeFacts
        {
            Rules = rules,
            RulesProblem = problem,
            Iptables = IptablesPrograms.FindWorking(),
            LockSeconds = LockSeconds(request)
        };
    }

    /// <summary>All but the rules and what depends on them.</summary>
    /// <exception cref="NodeException">This is not Linux, or the devices cannot be read.</exception>
    public static NodeFacts ReadDevices(FactRequest request, CancellationToken cancellation)
    {
        IReadOnlyList<NetworkLink> links = NetworkLinks.Read();
        VxlanInterface[] tunnels = [.. TunnelLinks.Read().Where(t => t.Kind == "vxlan" && request.IsWanted(t.Name))];
        return new NodeFacts
        {
            Tunnels = tunnels,
            Indexes = links.ToDictionary(static l => l.Name, static l => l.Index, StringComparer.Ordinal),
            Features = Features(links, tunnels),
            Iptables = IptablesPrograms.FindWorking(),
            HasConntrack = CommandRunner.Find("conntrack") is not null,
            ServiceNetworks = request.ServiceNetworks,
            Routes = request.ServiceNetworks.Count > 0 ? Routes()
                : new Dictionary<NetfilterFamily, IReadOnlyList<NodeRoute>>(),
            LockSeconds = LockSeconds(request),
            Felix = tunnels.Any(static t => t.Name.Contains("calico", StringComparison.Ordinal)) ? Felix(cancellation)
                : null,
        };
    }

    private static int LockSeconds(FactRequest request) => Math.Max(1, (int)request.Timeout.TotalSeconds);

    /// <summary>All rules of all engines, or why they could not be read: what is not seen could undo what is
    /// planned.</summary>
    private static (NetfilterRuleset? Rules, string? Problem) Rules(CancellationToken cancellation)
    {
        try
        {
            (NetfilterRuleset rules,
                IReadOnlyList<NodeException> failures) = NodeRules.Read(
                    new RulesetReadOptions { Cancellation = cancellation }, [], TimeSpan.FromMinutes(1),
                    onlyDeciding: true);
            return rules.IsWholeNode ? (rules, null) : (null, failures[0].Message);
        }
        catch (NodeException e)
        {
            return (null, e.Message);
        }
    }

    /// <summary>A service packet of each family that kube-proxy serves, through each tunnel.</summary>
    public static TraceRequest[] Walks(NodeFacts facts) => facts.Rules is null ? []
        : [.. facts.ServiceFamilies().SelectMany(
            static f => NodeTunnels.Requests(new TraceRequest { Family = f }, null))];

    private static Dictionary<string, IReadOnlyList<OffloadFeature>> Features(IReadOnlyList<NetworkLink> links,
        VxlanInterface[] tunnels)
    {
        using EthtoolClient client = EthtoolClient.Open();
        var features = new Dictionary<string, IReadOnlyList<OffloadFeature>>(StringComparer.Ordinal);
        HashSet<string> wanted = [.. tunnels.SelectMany(static t => (string?[])[t.Name, t.UnderlyingDevice])
            .OfType<string>()];
        foreach (NetworkLink link in links.Where(l => wanted.Contains(l.Name)))
        {
            try
            {
                features[link.Name] = client.ReadFeatures(link);
            }
            catch (NodeException)
            {
                // Gone since, or hidden: the plan says that it has no features to change.
            }
        }

        return features;
    }

    private static Dictionary<NetfilterFamily, IReadOnlyList<NodeRoute>> Routes() => new()
    {
        [NetfilterFamily.IPv4] = KernelRoutes.Read(NetfilterFamily.IPv4),
        [NetfilterFamily.IPv6] = KernelRoutes.Read(NetfilterFamily.IPv6),
    };

    private static FelixFacts? Felix(CancellationToken cancellation)
    {
        const string Tool = "kubectl";
        if (CommandRunner.Find(Tool) is null)
        {
            return null;
        }

        try
        {
            CommandResult read = CommandRunner.Run(Tool, [.. DevicePlans.FelixRead(Tool)[1..], "--request-timeout=5s"],
                TimeSpan.FromSeconds(15), cancellation: cancellation);
            return read.Succeeded ? new FelixFacts(Tool, read.Text.Trim() is { Length: > 0 } value ? value : null)
                : null;
        }
        catch (NodeException)
        {
            return null;
        }
    }
}
