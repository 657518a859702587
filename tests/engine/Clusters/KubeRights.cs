using YamlDotNet.RepresentationModel;

namespace VxlanCsum.EngineTests.Clusters;

/// <summary>What a manifest of the module grants, as the API server would decide it.</summary>
internal sealed class KubeRights
{
    private readonly List<(string? Namespace, YamlMappingNode Rule)> _rules = [];

    public KubeRights(string manifest, string account)
    {
        using StreamReader reader = new(manifest);
        YamlStream yaml = [];
        yaml.Load(reader);
        Documents = [.. yaml.Documents.Select(static d => (YamlMappingNode)d.RootNode)];
        Dictionary<string, YamlMappingNode> roles = Documents.Where(static d => Text(d, "kind") == "ClusterRole")
            .ToDictionary(static d => Text(d, "metadata", "name"));
        foreach (YamlMappingNode binding in Documents.Where(
            static d => Text(d, "kind") is "ClusterRoleBinding" or "RoleBinding"))
        {
            Assert.Equal("ClusterRole", Text(binding, "roleRef", "kind"));
            Assert.All((YamlSequenceNode)binding["subjects"],
                subject => Assert.Equal(("ServiceAccount", account), (Text(subject, "kind"), Text(subject, "name"))));
            string? space = Text(binding, "kind") == "RoleBinding" ? Text(binding, "metadata", "namespace") : null;
            _rules.AddRange(
                ((YamlSequenceNode)roles[Text(binding, "roleRef", "name")]["rules"]).Select(
                    rule => (space, (YamlMappingNode)rule)));
        }
    }

    public IReadOnlyList<YamlMappingNode> Documents { get; }

    /// <summary>All verbs that are granted anywhere.</summary>
    public IEnumerable<string> Verbs => _rules.SelectMany(static r => Texts(r.Rule, "verbs")).Distinct();

    /// <summary>Whether a GET of a path is allowed.</summary>
    public bool Allow(string path)
    {
        // api/v1/[namespaces/NS/]RESOURCE[/NAME] or apis/GROUP/VERSION/...
        Queue<string> parts = new(path.Trim('/').Split('/'));
        string group = parts.Dequeue() == "api" ? string.Empty : parts.Dequeue();
        parts.Dequeue();
        string? space = null;
        if (parts.Peek() == "namespaces")
        {
            parts.Dequeue();
            space = parts.Dequeue();
        }

        string resource = parts.Dequeue();
        string? name = parts.TryDequeue(out string? last) ? last : null;
        return _rules.Any(r => (r.Namespace is null || r.Namespace == space)
            && Texts(r.Rule, "apiGroups").Contains(group)
            && Texts(r.Rule, "resources").Contains(resource)
            && Texts(r.Rule, "verbs").Contains(name is null ? "list" : "get")
            && (!r.Rule.Children.ContainsKey("resourceNames")
                || (name is not null && Texts(r.Rule, "resourceNames").Contains(name))));
    }

    private static string Text(YamlNode node, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
        {
            node = node[name];
        }

        return ((YamlScalarNode)node).Value!;
    }

    private static IEnumerable<string> Texts(YamlMappingNode node, string name) =>
        ((YamlSequenceNode)node[name]).Select(static v => ((YamlScalarNode)v).Value!);
}
