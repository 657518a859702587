using System.Net;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.NetworkNamespaces;
using VxlanCsum.Node.Rules;
using VxlanCsum.Probes;

namespace VxlanCsum.Node.Probes;

/// <summary>Where the cluster's DNS is, as seen from a network namespace of this machine.</summary>
/// <param name="Servers">Its service addresses.</param>
/// <param name="Domain">The cluster's domain; null where it is not known.</param>
/// <param name="Origin">How they were found.</param>
internal sealed record ClusterDns(IReadOnlyList<IPAddress> Servers, string? Domain, string Origin)
{
    private const string ResolvConf = "etc/resolv.conf";

    /// <summary>What the DNS of a cluster knows, and any other answers that it does not.</summary>
    /// <param name="domain">The cluster's domain; null where it is not known.</param>
    public static string WellKnownName(string? domain) =>
        DnsMessage.Canonical($"kubernetes.default.svc.{domain ?? "cluster.local"}");

    /// <summary>From what kube-proxy does there; failing that from what is told to pods, and from what the kubelet
    /// tells them.</summary>
    /// <exception cref="NodeException">None of these says; or there is no such namespace.</exception>
    public static ClusterDns Find(string? namespaceSpec, TimeSpan timeout, CancellationToken cancellation,
        string root = "/")
    {
        KubeletSettings? kubelet = KubeletSettings.Find(root);
        (IReadOnlyList<IPAddress> served,
            string? problem) = NetworkNamespace.Within(namespaceSpec, () => ReadRules(timeout, cancellation));
        if (served.Count > 0)
        {
            return new ClusterDns(served, kubelet?.Domain, "kube-proxy's rules");
        }

        foreach (string path in ResolverFiles(namespaceSpec, root).Where(File.Exists))
        {
            if (ParseResolver(ReadLines(path), path) is { } told)
            {
                return told;
            }
        }

        return kubelet is not null
            ? new ClusterDns(kubelet.Dns, kubelet.Domain, kubelet.Origin)
            : throw new NodeException(NodeErrorId.ClusterDnsNotFound, NodeFailure.NotFound, namespaceSpec ?? "node",
                $"The cluster's DNS address was not found: no rule of kube-proxy serves port 53 "
                + $"here{(problem is null ? "" : $" ({problem})")}, and neither resolv.conf nor the kubelet's "
                + $"configuration names it.",
                "Give it with -Server; kubectl -n kube-system get service kube-dns shows it.");
    }

    /// <summary>A resolv.conf, if it is one that a cluster gives to its pods: it searches "svc.DOMAIN".</summary>
    public static ClusterDns? ParseResolver(IEnumerable<string> lines, string origin)
    {
        var servers = new List<IPAddress>();
        string? domain = null;
        foreach (string line in lines)
        {
            switch (line.Split((char[]?)[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            {
                case ["nameserver", var address, ..] when IPAddress.TryParse(address, out IPAddress? server):
                    servers.Add(server);
                    break;
                case ["search", .. var searched]:
                    domain = searched.FirstOrDefault(static s => s.StartsWith("svc.", StringComparison.Ordinal))?[4..];
                    break;
            }
        }

        return domain is null || servers.Count == 0 ? null : new ClusterDns(servers, domain, origin);
    }

    private static (IReadOnlyList<IPAddress> Served, string? Problem) ReadRules(TimeSpan timeout,
        CancellationToken cancellation)
    {
        try
        {
            (NetfilterRuleset rules, IReadOnlyList<NodeException> failures) = NodeRules.Read(
                new RulesetReadOptions { Keep = ClusterDnsRules.Concerns, Cancellation = cancellation }, [], timeout);
            return (ClusterDnsRules.Find(rules), failures.Count > 0 ? failures[0].Problem.TrimEnd('.') : null);
        }
        catch (NodeException e)
        {
            return ([], e.Problem.TrimEnd('.'));
        }
    }

    /// <summary>Of the process that the namespace was named by; of the name, as `ip netns exec` shows it; of the
    /// machine.</summary>
    private static IEnumerable<string> ResolverFiles(string? namespaceSpec, string root)
    {
        if (namespaceSpec is not null)
        {
            yield return NetworkNamespaceNames.ToPath(namespaceSpec) is ['/', 'p', 'r', 'o', 'c', '/', ..] path
                && path.EndsWith("/ns/net", StringComparison.Ordinal)
                ? $"{path[..^"/ns/net".Length]}/root/{ResolvConf}"
                : Path.Combine(root, "etc/netns", Path.GetFileName(namespaceSpec), "resolv.conf");
        }

        yield return Path.Combine(root, ResolvConf);
    }

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
