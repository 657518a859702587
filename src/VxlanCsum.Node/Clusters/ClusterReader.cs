using System.Text.Json;
using VxlanCsum.Clusters;
using VxlanCsum.Node.Errors;

namespace VxlanCsum.Node.Clusters;

/// <summary>
/// Reads a cluster: first what is small or says something of all nodes, then the nodes, each of which is handed on with
/// its page. Of the nodes only the names are kept.
/// </summary>
internal sealed class ClusterReader(KubeApi api, ClusterReading reading)
{
    private const string SystemNamespace = "kube-system";

    // Calico's definitions; since 3.32 they may be those of its API itself.
    private static readonly (string Group, string Version)[] s_calico = [("crd.projectcalico.org", "v1"),
        ("projectcalico.org", "v3")];

    private static readonly (string Namespace, string Name)[] s_flannel =
        [("kube-flannel", "kube-flannel-cfg"), (SystemNamespace, "kube-flannel-cfg"), (SystemNamespace, "canal-config"),
            (SystemNamespace, "rke2-canal-config")];

    private static readonly (string Cni, string Name)[] s_others = [("cilium", "cilium-config"),
        ("antrea", "antrea-config")];

    private readonly ClusterReading _reading = reading;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Told what could not be read, where the nodes can be read all the same.</summary>
    public required Action<NodeException> Report { get; init; }

    /// <summary>Told what could not be read and is not missed.</summary>
    public required Action<string> Tell { get; init; }

    /// <summary>Told of objects that are not whole.</summary>
    public required Action<KubeTextException> ReportObject { get; init; }

    /// <summary>Told how far it is: what is read, how much of it, and how much is left where that is known.</summary>
    public required Action<string, long, long?> Progress { get; init; }

    /// <summary>Reads all but the nodes.</summary>
    /// <param name="namespaces">Where pods of kube-proxy and network plugins are.</param>
    public void ReadSurroundings(IEnumerable<string> namespaces)
    {
        List<(string Namespace, NodeException Failure)> failures = [];
        foreach (string space in namespaces)
        {
            KubeResource pods = KubeResource.Pods(space);
            try
            {
                api.List(pods, string.Empty, new Pages(this, pods, null));
            }
            catch (NodeException e) when (IsOfOneResource(e))
            {
                _reading.MarkUnread(ClusterResource.Pods, Reason(e));
                failures.Add((space, e));
            }
        }

        // Rights for a namespace that does not exist cannot be given: where the network plugin was found elsewhere,
        // nothing is amiss.
        foreach ((string space, NodeException failure) in failures)
        {
            Action<NodeException> tell = space == SystemNamespace || !_reading.AnyCni ? Report : e => Tell(e.Problem);
            tell(failure);
        }

        TryGet(ClusterResource.KubeProxyConfiguration, [KubeResource.ConfigMap(SystemNamespace, "kube-proxy")],
            () => _reading.KubeProxyMode is not null);
        if (_reading.AnyFlannel)
        {
            TryGet(ClusterResource.FlannelConfiguration,
                [.. s_flannel.Select(static f => KubeResource.ConfigMap(f.Namespace, f.Name))],
                () => _reading.Flannel is not null);
        }

        foreach ((string cni, string name) in s_others.Where(o => _reading.AnyOther(o.Cni)))
        {
            TryGet(ClusterResource.OtherConfiguration, [KubeResource.ConfigMap(SystemNamespace, name)],
                () => (cni == "cilium" ? _reading.Cilium : _reading.Antrea) is not null);
        }

        if (_reading.AnyCalico)
        {
            TryList(ClusterResource.IPPools,
                [.. s_calico.Select(static c => KubeResource.IPPools(c.Group, c.Version))]);
            TryList(ClusterResource.FelixConfigurations,
                [.. s_calico.Select(static c => KubeResource.FelixConfigurations(c.Group, c.Version))]);
        }
    }

    /// <summary>Reads the nodes, each once, however often the list is begun.</summary>
    /// <param name="query">More of the query.</param>
    /// <param name="found">Takes each node, on the caller's thread.</param>
    /// <exception cref="NodeException">They could not be read to their end; those that were have been handed
    /// on.</exception>
    public void ReadNodes(string query, Action<ClusterNode> found) =>
        api.List(KubeResource.Nodes, query, new Pages(this, KubeResource.Nodes, node =>
        {
            if (_names.Add(node.Name))
            {
                found(node);
            }
        }));

    /// <summary>Reads the first that is there. That one is not is no failure; that it may not be read is a
    /// note.</summary>
    private void TryGet(ClusterResource resource, KubeResource[] places, Func<bool> done) =>
        Try(resource, places, place => api.Get(place, new Pages(this, place, null)), done);

    private void TryList(ClusterResource resource, KubeResource[] places)
    {
        bool read = false;
        Try(resource, places, place =>
        {
            api.List(place, string.Empty, new Pages(this, place, null));
            read = true;
        }, () => read);
    }

    private void Try(ClusterResource resource, KubeResource[] places, Action<KubeResource> read, Func<bool> done)
    {
        foreach (KubeResource place in places)
        {
            try
            {
                read(place);
                if (done())
                {
                    _reading.MarkRead(resource);
                    return;
                }
            }
            catch (NodeException e) when (IsOfOneResource(e))
            {
                if (e.Reason != NodeFailure.NotFound || _reading.WhyUnread(resource) is null)
                {
                    _reading.MarkUnread(resource, Reason(e));
                }
            }
        }
    }

    // Whoever may not read one thing may read others; where the server fails or is gone, nothing is left to try.
    private static bool IsOfOneResource(NodeException e) => e.Reason is NodeFailure.NotFound or NodeFailure.Permission;

    private static string Reason(NodeException e) => e.Problem.TrimEnd('.');

    /// <summary>Keeps a page until it is whole.</summary>
    private sealed class Pages(ClusterReader reader, KubeResource resource, Action<ClusterNode>? found) : IKubePages
    {
        private readonly ClusterReading _reading = reader._reading;
        private readonly List<ClusterNode> _page = [];
        private readonly List<KubeTextException> _problems = [];
        private long _count, _done;

        public void Begin()
        {
            _page.Clear();
            _problems.Clear();
            _count = 0;
        }

        public void Add(JsonElement item)
        {
            _count++;
            try
            {
                if (_reading.Add(resource.Kind, item) is { } node)
                {
                    _page.Add(node);
                }
            }
            catch (KubeTextException e)
            {
                _problems.Add(e);
            }
        }

        public void End(long? remaining)
        {
            _done += _count;
            foreach (ClusterNode node in _page)
            {
                found?.Invoke(node);
            }

            foreach (KubeTextException problem in _problems)
            {
                reader.ReportObject(problem);
            }

            reader.Progress(resource.ToString(), _done, remaining);
        }
    }
}
