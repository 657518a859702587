using System.Text.Json;
using VxlanCsum.Text;

namespace VxlanCsum.Clusters;

/// <summary>What was read of one cluster, in whatever order it came: some hundred bytes a node are kept.</summary>
/// <param name="advise">What versions suggest.</param>
internal sealed class ClusterReading(Func<NodeVersions, IReadOnlyList<Advisory>> advise)
{
    private const int MostShared = 4096;

    private readonly Dictionary<string, NodePrograms> _programs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _shared = new(StringComparer.Ordinal);
    private readonly Dictionary<NodeVersions, IReadOnlyList<Advisory>> _advisories = [];
    private readonly Dictionary<ClusterResource, string> _unread = [];
    private readonly Dictionary<string, FelixSettings> _felix = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CalicoPool> _pools = new(StringComparer.Ordinal);

    /// <summary>Pods read, of whatever node and program.</summary>
    public long Pods { get; private set; }

    /// <summary>kube-proxy's mode by its ConfigMap; null where that was not read.</summary>
    public string? KubeProxyMode { get; private set; }

    /// <summary>flannel's backend by its ConfigMap; null where that was not read.</summary>
    public FlannelSettings? Flannel { get; private set; }

    /// <summary>Cilium's tunnel by its ConfigMap: "vxlan", "geneve", "none"; null where that was not read.</summary>
    public string? Cilium { get; private set; }

    /// <summary>Antrea's tunnel, likewise.</summary>
    public string? Antrea { get; private set; }

    public IReadOnlyCollection<CalicoPool> Pools => _pools.Values;

    /// <summary>Whether any node runs Calico, any network plugin, or flannel.</summary>
    public bool AnyCalico => _programs.Values.Any(static p => p.HasCalico);

    public bool AnyCni => _programs.Values.Any(static p => p.HasCalico || p.HasFlannel || p.OtherCni is not null);

    /// <summary>Whether any node runs the network plugin of that name.</summary>
    public bool AnyOther(string cni) => _programs.Values.Any(p => p.OtherCni == cni);

    public bool AnyFlannel => _programs.Values.Any(static p => p.HasFlannel);

    /// <summary>Takes over what matters of an object; all other kinds are passed over.</summary>
    /// <param name="kind">Its kind; where it is empty, its shape tells.</param>
    /// <param name="item">The object.</param>
    /// <returns>The node, where it is one; each node is to be handed to <see cref="Judge"/> when all is read.</returns>
    /// <exception cref="KubeTextException">It lacks its name, or is no object.</exception>
    public ClusterNode? Add(string kind, JsonElement item)
    {
        switch (kind is "" ? KindByShape(item) : kind)
        {
            case "Node":
                return ClusterNode.From(item, Share) ?? throw Nameless("Node");
            case "Pod":
                AddPod(item);
                break;
            case "ConfigMap":
                AddConfiguration(item);
                break;
            case "IPPool":
                CalicoPool pool = CalicoPool.From(item) ?? throw Nameless("IPPool");
                _pools[pool.Name] = pool;
                break;
            case "FelixConfiguration":
                _felix[item.Text("metadata", "name") ?? throw Nameless("FelixConfiguration")] =
                    FelixSettings.FromResource(item);
                break;
            default:
                RequireObject(item);
                break;
        }

        return null;
    }

    private void AddPod(JsonElement item)
    {
        Pods++;
        if (NodePrograms.From(item, Share) is { } found)
        {
            if (!_programs.TryGetValue(found.Node, out NodePrograms? programs))
            {
                _programs.Add(found.Node, programs = new NodePrograms());
            }

            found.Change(programs);
        }
    }

    private static void RequireObject(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            throw new KubeTextException(KubeTextErrorId.ObjectInvalid, 0,
                $"the list holds a {item.ValueKind} where an object is expected.");
        }
    }

    /// <summary>Notes why something could not be read; it is told of the nodes that it matters for.</summary>
    public void MarkUnread(ClusterResource resource, string reason) => _unread[resource] = reason;

    public void MarkRead(ClusterResource resource) => _unread.Remove(resource);

    public string? WhyUnread(ClusterResource resource) => _unread.GetValueOrDefault(resource);

    /// <summary>What is known of a node, put together. To be asked when all but the nodes is read.</summary>
    public NodeRisk Judge(ClusterNode node) => NodeRiskJudge.Judge(node, _programs.GetValueOrDefault(node.Name), this);

    /// <summary>felix's settings on a node: by environment, for the node, for all.</summary>
    public FelixSettings Felix(string node, FelixSettings environment) =>
        environment.Over(_felix.GetValueOrDefault("node." + node) ?? new())
            .Over(_felix.GetValueOrDefault("default") ?? new());

    public IReadOnlyList<Advisory> Advise(NodeVersions versions)
    {
        // A cluster has few different nodes.
        NodeVersions key = versions with { NodeName = null };
        if (!_advisories.TryGetValue(key, out IReadOnlyList<Advisory>? advisories))
        {
            advisories = advise(key);
            if (_advisories.Count < MostShared)
            {
                _advisories.Add(key, advisories);
            }
        }

        return advisories;
    }

    private static string KindByShape(JsonElement item) =>
        item.At("status", "nodeInfo") is not null ? "Node"
            : item.At("spec", "containers") is not null ? "Pod" : string.Empty;

    private static KubeTextException Nameless(string kind) =>
        new(KubeTextErrorId.ObjectInvalid, 0, $"a {kind} lacks its metadata.name or its spec and is left out.");

    private void AddConfiguration(JsonElement item)
    {
        switch (item.Text("metadata", "name"))
        {
            case "cilium-config":
                Cilium = OtherTunnels.OfCilium(item) ?? Cilium;
                return;
            case "antrea-config":
                Antrea = OtherTunnels.OfAntrea(item) ?? Antrea;
                return;
        }

        foreach (string file in (ReadOnlySpan<string>)["config.conf", "config", "kube-proxy-config", "net-conf.json"])
        {
            if (item.Raw("data", file) is not { } text)
            {
                continue;
            }

            if (file == "net-conf.json")
            {
                Flannel = FlannelSettings.Parse(text) ?? Flannel;
            }
            else
            {
                KubeProxyMode = KubeProxySettings.Mode(text) ?? KubeProxyMode;
            }
        }
    }

    private string? Share(string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (_shared.TryGetValue(text, out string? known))
        {
            return known;
        }

        if (_shared.Count < MostShared)
        {
            _shared.Add(text, text);
        }

        return text;
    }
}

/// <summary>What of a cluster is read beside its nodes.</summary>
internal enum ClusterResource : byte
{
    Pods,
    KubeProxyConfiguration,
    FlannelConfiguration,
    IPPools,
    FelixConfigurations,
    OtherConfiguration,
}
