using VxlanCsum.EngineTests.Hosting;
using YamlDotNet.RepresentationModel;

namespace VxlanCsum.EngineTests.Clusters;

/// <summary>A manifest of deploy/kubernetes, or what a folder of it is rendered to, that runs one container with a
/// script from a ConfigMap.</summary>
internal sealed class KubeManifest
{
    public KubeManifest(string file)
    {
        YamlNode[] documents = [
            .. (file.EndsWith(".yaml", StringComparison.Ordinal) ? Read(file) : Kustomization.Render(file).Documents)
            .Where(static d => Text(d["kind"]) is "ConfigMap" or "DaemonSet" or "Job")];
        Scripts = documents.Single(static d => Text(d["kind"]) == "ConfigMap");
        Workload = documents.Single(static d => Text(d["kind"]) != "ConfigMap");
        Assert.Equal(2, documents.Length);
    }

    private static YamlNode[] Read(string file)
    {
        using StreamReader reader = new(Repository.PathOf("deploy", "kubernetes", file));
        YamlStream yaml = [];
        yaml.Load(reader);
        return yaml.Documents.Select(static d => d.RootNode).ToArray();
    }

    public YamlNode Scripts { get; }

    public YamlNode Workload { get; }

    public YamlNode Pod => Workload["spec"]["template"]["spec"];

    public YamlNode Container => Assert.Single((YamlSequenceNode)Pod["containers"]);

    public IReadOnlyList<string> Arguments => [.. ((YamlSequenceNode)Container["args"]).Select(Text)];

    /// <summary>Its variables; null where the cluster says the value.</summary>
    public Dictionary<string, string?> Environment =>
        ((YamlSequenceNode)Container["env"]).ToDictionary(static v => Text(v["name"]),
            static v => ((YamlMappingNode)v).Children.TryGetValue("value", out YamlNode? value) ? Text(value) : null);

    /// <summary>Where what is mounted: the path in the container by the volume's name.</summary>
    public Dictionary<string, string> Mounts =>
        ((YamlSequenceNode)Container["volumeMounts"]).ToDictionary(static m => Text(m["name"]),
            static m => Text(m["mountPath"]));

    public static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    /// <summary>The container's arguments with folders in place of its mounts; the scripts are written into
    /// theirs.</summary>
    public string[] ArgumentsIn(TemporaryFolder folder)
    {
        string[] arguments = [.. Arguments];
        foreach ((string name, string path) in Mounts)
        {
            string place = Directory.CreateDirectory(Path.Combine(folder.Path, name)).FullName;
            arguments = [
                .. arguments.Select(
                    a => a == path || a.StartsWith(path + "/", StringComparison.Ordinal) ? place + a[path.Length..]
                        : a)];
        }

        foreach ((YamlNode name, YamlNode text) in (YamlMappingNode)Scripts["data"])
        {
            File.WriteAllText(Path.Combine(folder.Path, "scripts", Text(name)), Text(text));
        }

        return arguments;
    }
}
