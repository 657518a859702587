using VxlanCsum.Mitigations;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Ethtool;
using VxlanCsum.Node.Links;
using VxlanCsum.Node.Processes;

namespace VxlanCsum.Node.Mitigations;

/// <summary>Reads what the planner must know of the calling thread's network namespace. Changes nothing.</summary>
internal static class FactReader
{
    /// <exception cref="NodeException">This is not Linux, or the devices cannot be read.</exception>
    public static NodeFacts Read(FactRequest request, CancellationToken cancellation)
    {
        IReadOnlyList<NetworkLink> links = NetworkLinks.Read();
        VxlanInterface[] tunnels = [.. TunnelLinks.Read().Where(t => t.Kind == "vxlan" && request.IsWanted(t.Name))];
        IReadOnlyDictionary<(NetfilterBackend, NetfilterFamily), string> iptables = RulesOfNode.Programs();
        NetfilterRuleset? rules = null;
        string? problem = null;
        try
        {
            rules = RulesOfNode.Read(iptables, cancellation);
        }
        catch (NodeException e)
        {
            problem = e.Message;
        }

        bool hasIp = CommandRunner.Find("ip") is not null;
        return new NodeFacts
        {
            Tunnels = tunnels,
            Indexes = links.ToDictionary(static l => l.Name, static l => l.Index, StringComparer.Ordinal),
            Features = Features(links, tunnels),
            Rules = rules,
            RulesProblem = problem,
            Iptables = iptables,
            HasIp = hasIp,
            HasConntrack = CommandRunner.Find("conntrack") is not null,
            ServiceNetworks = request.ServiceNetworks,
            Routes = hasIp && request.ServiceNetworks.Count > 0 ? Routes(cancellation) : new Dictionary<NetfilterFamily, IReadOnlyList<string>>(),
            LockSeconds = Math.Max(1, (int)request.Timeout.TotalSeconds),
            Felix = tunnels.Any(static t => t.Name.Contains("calico", StringComparison.Ordinal)) ? Felix(cancellation) : null,
        };
    }

    private static Dictionary<string, IReadOnlyList<OffloadFeature>> Features(IReadOnlyList<NetworkLink> links, VxlanInterface[] tunnels)
    {
        using EthtoolClient client = EthtoolClient.Open();
        var features = new Dictionary<string, IReadOnlyList<OffloadFeature>>(StringComparer.Ordinal);
        HashSet<string> wanted = [.. tunnels.SelectMany(static t => (string?[])[t.Name, t.UnderlyingDevice]).OfType<string>()];
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

    private static Dictionary<NetfilterFamily, IReadOnlyList<string>> Routes(CancellationToken cancellation) => new()
    {
        [NetfilterFamily.IPv4] = Lines(CommandRunner.Run("ip", ["route", "show"], cancellation: cancellation)),
        [NetfilterFamily.IPv6] = Lines(CommandRunner.Run("ip", ["-6", "route", "show"], cancellation: cancellation)),
    };

    public static IReadOnlyList<string> Lines(CommandResult result) =>
        result.Succeeded ? [.. result.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)] : [];

    private static FelixFacts? Felix(CancellationToken cancellation)
    {
        const string Tool = "kubectl";
        if (CommandRunner.Find(Tool) is null)
        {
            return null;
        }

        try
        {
            CommandResult read = CommandRunner.Run(Tool, [.. DevicePlans.FelixRead(Tool)[1..], "--request-timeout=5s"], TimeSpan.FromSeconds(15), cancellation: cancellation);
            return read.Succeeded ? new FelixFacts(Tool, read.Text.Trim() is { Length: > 0 } value ? value : null) : null;
        }
        catch (NodeException)
        {
            return null;
        }
    }
}
