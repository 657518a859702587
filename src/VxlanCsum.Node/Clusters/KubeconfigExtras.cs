using VxlanCsum.Node.Files;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace VxlanCsum.Node.Clusters;

/// <summary>What KubernetesClient passes over in a kubeconfig, by the name of its user or cluster.</summary>
/// <param name="TokenFiles">Of users: a file with the token, whole path.</param>
/// <param name="Proxies">Of clusters: proxy-url.</param>
/// <param name="Folders">Of users: where the file is that names them.</param>
internal sealed record KubeconfigExtras(IReadOnlyDictionary<string, string> TokenFiles,
    IReadOnlyDictionary<string, string> Proxies, IReadOnlyDictionary<string, string> Folders)
{
    /// <exception cref="YamlException">It is no YAML, or nested beyond all measure.</exception>
    public static KubeconfigExtras Of(byte[] content, string folder)
    {
        YamlNode? root = YamlText.Load(new StreamReader(new MemoryStream(content))).Documents.FirstOrDefault()?.RootNode;
        return new KubeconfigExtras(
            Found(root, "users", "user", "tokenFile").ToDictionary(static f => f.Name,
                f => Path.Combine(folder, f.Value)),
            Found(root, "clusters", "cluster", "proxy-url").ToDictionary(static f => f.Name, static f => f.Value),
            Named(root, "users").Select(static u => u.Name).Distinct().ToDictionary(static n => n, _ => folder));
    }

    /// <summary>As kubectl merges: of what several files define under one name, the first counts.</summary>
    public static KubeconfigExtras Together(IReadOnlyList<KubeconfigExtras> files) => new(
        First(files.Select(static f => f.TokenFiles)), First(files.Select(static f => f.Proxies)),
        First(files.Select(static f => f.Folders)));

    private static Dictionary<string, string> First(IEnumerable<IReadOnlyDictionary<string, string>> all) =>
        all.SelectMany(static d => d).DistinctBy(static p => p.Key).ToDictionary(static p => p.Key, static p => p.Value);

    private static IEnumerable<(string Name, string Value)> Found(YamlNode? root, string list, string inside,
        string key) => Named(root, list)
            .Select(n => (n.Name, Value: Child(Child(n.Node, inside), key) is YamlScalarNode { Value.Length: > 0 } value
                ? value.Value : null))
            .Where(static n => n.Value is not null).Select(static n => (n.Name, n.Value!)).DistinctBy(static n => n.Name);

    private static IEnumerable<(string Name, YamlNode Node)> Named(YamlNode? root, string list) =>
        (Child(root, list) as YamlSequenceNode ?? []).Select(static n => (Name: (Child(n, "name") as YamlScalarNode)?.Value,
            Node: n)).Where(static n => n.Name is not null).Select(static n => (n.Name!, n.Node));

    private static YamlNode? Child(YamlNode? node, string key) =>
        node is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? child) ? child : null;
}
