using System.Text.Json;
using VxlanCsum.EngineTests.Hosting;
using YamlDotNet.RepresentationModel;

namespace VxlanCsum.EngineTests.Clusters;

/// <summary>The base and each overlay of deploy/kubernetes, as kubectl renders them.</summary>
public sealed class KustomizationTests
{
    public static TheoryData<string> Folders =>
        ["base", "cure", "drops",
            .. Directory.EnumerateDirectories(Repository.PathOf("deploy", "kubernetes", "overlays"))
                .Select(static d => "overlays/" + Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Each_is_whole_and_gives_nothing_that_is_not_needed(string folder)
    {
        Kustomization rendered = Kustomization.Render(folder);
        YamlNode space = rendered.Single("Namespace", "vxlancsum");
        Assert.Equal("privileged",
            KubeManifest.Text(space["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]));
        YamlNode[] sets = [.. rendered.Documents.Where(static d => KubeManifest.Text(d["kind"]) == "DaemonSet")];
        Assert.Equal(folder.Contains("cure", StringComparison.Ordinal) || folder == "drops" ? 2 : 1, sets.Length);
        string[] maps = [.. rendered.Documents.Where(static d => KubeManifest.Text(d["kind"]) == "ConfigMap")
            .Select(static d => KubeManifest.Text(d["metadata"]["name"]))];
        foreach (YamlNode set in sets)
        {
            YamlNode pod = set["spec"]["template"]["spec"];
            YamlNode container = Assert.Single((YamlSequenceNode)pod["containers"]);
            YamlNode security = container["securityContext"];
            Assert.Equal("vxlancsum", KubeManifest.Text(set["metadata"]["namespace"]));
            Assert.Equal("localhost/vxlancsum:latest", KubeManifest.Text(container["image"]));
            Assert.Equal("IfNotPresent", KubeManifest.Text(container["imagePullPolicy"]));
            Assert.Equal(("false", "false"),
                (KubeManifest.Text(pod["automountServiceAccountToken"]),
                    KubeManifest.Text(security["allowPrivilegeEscalation"])));
            Assert.Equal("true", KubeManifest.Text(security["readOnlyRootFilesystem"]));
            Assert.Equal(["ALL"], Texts(security["capabilities"]["drop"]));
            // Nothing of a node or an image decides what runs but the script.
            Assert.Equal(["-NoLogo", "-NoProfile", "-NonInteractive", "-File"], Texts(container["args"]).Take(4));
            string name = KubeManifest.Text(set["metadata"]["name"]);
            Assert.Equal(folder == "overlays/textfile-any-owner" ? ["NET_ADMIN", "NET_RAW", "DAC_OVERRIDE"]
                : name == "vxlancsum-drop-watch" ? ["BPF", "PERFMON"]
                : ["NET_ADMIN", "NET_RAW"], Texts(security["capabilities"]["add"]));
            Assert.False(((YamlMappingNode)pod).Children.ContainsKey("hostPID"));
            Assert.NotNull(container["resources"]["limits"]["memory"]);
            Assert.Equal(name,
                KubeManifest.Text(set["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"]));
            string[] volumes = [.. ((YamlSequenceNode)pod["volumes"]).Select(static v => KubeManifest.Text(v["name"]))
                .Order(StringComparer.Ordinal)];
            Assert.Equal(volumes,
                ((YamlSequenceNode)container["volumeMounts"]).Select(static m => KubeManifest.Text(m["name"]))
                    .Order(StringComparer.Ordinal));
            Assert.Contains(
                KubeManifest.Text(
                    ((YamlSequenceNode)pod["volumes"]).Single(
                        static v => KubeManifest.Text(v["name"]) == "scripts")["configMap"]["name"]), maps);
        }
    }

    [Fact]
    public void An_overlay_changes_what_it_says_and_nothing_else()
    {
        string Without(string folder, Func<string, bool> isOfOverlay) =>
            string.Join('\n', Lines(folder).Where(l => !isOfOverlay(l)));
        Assert.Equal(Without("base", static _ => false),
            Without("overlays/textfile-group",
                static l => l.Trim() is "supplementalGroups:" or "- 112" || l == "      securityContext:"));
        Assert.Equal(Without("base", static _ => false),
            Without("overlays/textfile-any-owner", static l => l.Trim() == "- DAC_OVERRIDE"));
        Assert.Equal(
            Without("base",
                static l => l.Contains("seccomp", StringComparison.Ordinal) || l.Trim() == "type: RuntimeDefault"),
            Without("overlays/kubernetes-1.18",
                static l => l.Contains("seccomp", StringComparison.Ordinal) || (l.Trim() == "annotations:")));
    }

    [Fact]
    public void The_cure_begins_by_changing_nothing_and_goes_by_label()
    {
        (string Mode, string? Label)[] steps = [
            .. new[] { "cure", "overlays/cure-what-if", "overlays/cure-canary", "overlays/cure-all" }.Select(
                static folder =>
        {
            YamlNode pod = Kustomization.Render(folder)
                .Single("DaemonSet", "vxlancsum-cure")["spec"]["template"]["spec"];
            string[] arguments = [.. Texts(pod["containers"][0]["args"])];
            Assert.Equal("UnmarkTunnel", arguments[Array.IndexOf(arguments, "-Kind") + 1]);
            Assert.Equal(["-NoLogo", "-NoProfile", "-NonInteractive", "-File", "/scripts/undo.ps1"],
                Texts(pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"]).Skip(1).Take(5));
            YamlMappingNode selector = (YamlMappingNode)pod["nodeSelector"];
            return (arguments[Array.IndexOf(arguments, "-Mode") + 1],
                selector.Children.TryGetValue("vxlancsum/cure", out YamlNode? label) ? KubeManifest.Text(label) : null);
        })];
        Assert.Equal([("WhatIf", "canary"), ("WhatIf", "canary"), ("Apply", "canary"), ("Apply", null)], steps);
    }

    // What -JournalPath is where nothing is said: the help of Invoke-ChecksumMitigation tells it.
    private const string NodeJournal = "/var/lib/vxlancsum/journal.jsonl";

    [Fact]
    public void The_cures_journal_is_the_nodes()
    {
        YamlNode rendered = Kustomization.Render("cure").Single("ConfigMap", "vxlancsum-cure")["data"];
        Assert.All(["cure.ps1", "undo.ps1"],
            script => Assert.Contains($"$JournalPath = '{NodeJournal}'", KubeManifest.Text(rendered[script]),
                StringComparison.Ordinal));
        YamlNode pod = Kustomization.Render("cure").Single("DaemonSet", "vxlancsum-cure")["spec"]["template"]["spec"];
        Assert.Equal(Path.GetDirectoryName(NodeJournal),
            KubeManifest.Text(
                ((YamlSequenceNode)pod["containers"][0]["volumeMounts"]).Single(
                    static m => KubeManifest.Text(m["name"]) == "journal")["mountPath"]));
    }

    [Fact]
    public void The_operators_rules_are_the_alerts()
    {
        YamlNode rules = Kustomization.Render("overlays/monitors").Single("PrometheusRule", "vxlancsum");
        YamlStream alerts = [];
        using StreamReader reader = new(Repository.PathOf("deploy", "prometheus", "alerts.yaml"));
        alerts.Load(reader);
        Assert.Equal(Plain(alerts.Documents[0].RootNode["groups"]), Plain(rules["spec"]["groups"]));
    }

    [Fact]
    public void Each_manifest_says_its_least_version_of_Kubernetes()
    {
        foreach (string file in (string[])["base/kustomization.yaml", "capture-job.yaml", "rbac-node-risk.yaml"])
        {
            Assert.Matches("# Kubernetes 1\\.[0-9]+ or later",
                File.ReadAllText(Repository.PathOf("deploy", "kubernetes", file)));
        }
    }

    private static string[] Lines(string folder)
    {
        _ = Kustomization.Render(folder);
        return Plain(Kustomization.Render(folder).Single("DaemonSet", "vxlancsum-node-agent")).Split('\n');
    }

    private static IEnumerable<string> Texts(YamlNode list) => ((YamlSequenceNode)list).Select(KubeManifest.Text);

    /// <summary>Indented lines, the keys of each object in order.</summary>
    private static string Plain(YamlNode node, string indent = "") => node switch
    {
        YamlMappingNode map =>
            string.Join('\n',
                map.Children.OrderBy(static c => KubeManifest.Text(c.Key), StringComparer.Ordinal).Select(c =>
            c.Value is YamlScalarNode value ? $"{indent}{KubeManifest.Text(c.Key)}: {value.Value}"
                : $"{indent}{KubeManifest.Text(c.Key)}:\n{Plain(c.Value, indent + "  ")}")),
        YamlSequenceNode list =>
            string.Join('\n',
                list.Select(
                    item => item is YamlScalarNode value ? $"{indent}- {value.Value}" : Plain(item, indent + "  "))),
        _ => indent + node,
    };
}
