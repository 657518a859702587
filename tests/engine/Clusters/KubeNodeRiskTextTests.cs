using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Clusters;

/// <summary>Get-KubeNodeRisk on what kubectl printed.</summary>
public sealed class KubeNodeRiskTextTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private static readonly string[] s_nodes = [.. KubeObjects.Nodes(2),
        KubeObjects.NodeNamed("node-00002", kubelet: "v1.30.1")];
    private static readonly string s_list = "{\n\"apiVersion\":\"v1\",\"items\":[\n"
        + string.Join(",\n", s_nodes.Concat(KubeObjects.Pods(2))) + "\n],\"kind\":\"List\"}\n";

    [Fact]
    public void Lines_whole_text_files_and_several_documents_give_the_same()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("all.json", s_list);
        string[] expected = ["node-00000: Possible", "node-00001: Possible", "node-00002: Unknown"];
        Assert.Equal(expected, Texts(engine.Run("Get-KubeNodeRisk -Path $args[0]", file)));
        Assert.Equal(expected, Texts(engine.Run("$args[0] | Get-KubeNodeRisk", s_list)));
        Assert.Equal(expected, Texts(engine.Run("$args[0] -split \"`n\" | Get-KubeNodeRisk", s_list)));
        Assert.Equal(expected, Texts(engine.Run("Get-KubeNodeRisk -InputObject $args[0]", s_list)));
        Assert.Equal(expected, Texts(engine.Run("[pscustomobject]@{ PSPath = $args[0] } | Get-KubeNodeRisk", file)));
        string nodes = folder.Write("nodes.json",
            "{\"kind\":\"NodeList\",\"items\":[" + string.Join(",", s_nodes) + "]}");
        string pods = folder.Write("pods.json", string.Concat(KubeObjects.Pods(2)));
        Assert.Equal(expected, Texts(engine.Run("Get-KubeNodeRisk -Path $args[0], $args[1]", nodes, pods)));
        Assert.Equal(["node-00001"],
            engine.Run("Get-KubeNodeRisk *1 -Path $args[0]", file).Property("Name").Cast<string>());
        Assert.Equal(file,
            engine.Run("Get-KubeNodeRisk node-00001 -LiteralPath $args[0]",
                file).OnlyOutput.Properties["Cluster"].Value);
    }

    [Fact]
    public void What_cannot_be_read_is_an_error_and_the_rest_is_read()
    {
        SessionResult cut = engine.Run("$args[0] | Get-KubeNodeRisk", s_list[..^400]);
        Assert.Equal(["KubeTextTruncated"], cut.ErrorIds);
        Assert.Equal(3, cut.Output.Count);
        Assert.Contains($"line {s_list[..^400].Count(static c => c == '\n') + 1}:", cut.Errors[0].ErrorDetails.Message,
            StringComparison.Ordinal);

        Assert.Equal(["KubeTextNotJson"],
            engine.Run("'NAME     STATUS', 'node-1   Ready' | Get-KubeNodeRisk").ErrorIds);
        Assert.Equal(["KubeTextNoNodes"], engine.Run("'{\"items\":[]}' | Get-KubeNodeRisk").ErrorIds);
        Assert.Equal(["KubeTextNoNodes"], engine.Run("'' | Get-KubeNodeRisk").ErrorIds);
        Assert.Equal(["KubeObjectInvalid"],
            engine.Run("'[{\"kind\":\"Node\"}, {\"kind\":\"Node\",\"metadata\":{\"name\":\"a\"}}]' | Get-KubeNodeRisk").ErrorIds);

        using TemporaryFolder folder = new();
        SessionResult missing = engine.Run("Get-KubeNodeRisk -Path /no/such/file, $args[0]",
            folder.Write("all.json", s_list));
        Assert.Equal(["TextFileNotFound"], missing.ErrorIds);
        Assert.Equal(3, missing.Output.Count);
        Assert.Equal(["TextFileUnreadable"],
            engine.Run("Get-KubeNodeRisk -LiteralPath $args[0]", Repository.Root).ErrorIds);
    }

    [Fact]
    public void Of_a_node_that_comes_twice_the_later_word_counts()
    {
        string text =
            $"[{KubeObjects.NodeNamed("a", "1.0")},{KubeObjects.NodeNamed("b")},{KubeObjects.NodeNamed("a", "2.0")}]";
        SessionResult result = engine.Run("$args[0] | Get-KubeNodeRisk", text);
        Assert.Equal(["b", "a"], result.Property("Name").Cast<string>());
        Assert.Equal("2.0", result.Output[1].Properties["KernelVersion"].Value);
    }

    [Fact]
    public void YAML_is_read_like_JSON()
    {
        const string Yaml = """
            apiVersion: v1
            items:
            - apiVersion: v1
              kind: Node
              metadata:
                name: k8s-1
                annotations: &a
                  flannel.alpha.coreos.com/backend-type: vxlan
              status:
                nodeInfo: {kernelVersion: 5.4.0-135-generic, kubeletVersion: "v1.24.8+k3s1", operatingSystem: linux}
            - kind: Node
              metadata: {name: '1234', annotations: *a}
              status:
                nodeInfo:
                  kernelVersion: 5.4.0-135-generic
                  kubeletVersion: v1.25.4+k3s1
            kind: List
            ---
            kind: Node
            metadata: {name: alone}

            """;
        string[] expected = ["k8s-1: Possible", "1234: Possible", "alone: Unknown"];
        using TemporaryFolder folder = new();
        Assert.Equal(expected, Texts(engine.Run("Get-KubeNodeRisk -Path $args[0]", folder.Write("nodes.yaml", Yaml))));
        Assert.Equal(expected, Texts(engine.Run("$args[0] | Get-KubeNodeRisk", Yaml)));
        Assert.Equal(expected, Texts(engine.Run("$args[0] -split \"`n\" | Get-KubeNodeRisk", Yaml)));
        Assert.Equal("0.20.1",
            engine.Run("Get-KubeNodeRisk k8s-1 -InputObject $args[0]", Yaml).OnlyOutput.Properties["CniVersion"].Value);

        Assert.Equal(["KubeTextInvalid"], engine.Run("\"kind: Node`n  metadata: [\" | Get-KubeNodeRisk").ErrorIds);
        string bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
            + string.Concat(Enumerable.Range(0, 9)
                .Select(static i =>
                    $"{(char)('b' + i)}: &{(char)('b' + i)} "
                    + $"[{string.Join(",", Enumerable.Repeat($"*{(char)('a' + i)}", 10))}]\n"));
        Assert.Equal(["KubeTextObjectTooLarge"], engine.Run("$args[0] | Get-KubeNodeRisk", bomb).ErrorIds);
    }

    [Fact]
    public void What_nodes_reported_is_joined()
    {
        using TemporaryFolder folder = new();
        string cluster = folder.Write("all.json",
            "[" + KubeObjects.NodeNamed("node7") + "," + KubeObjects.NodeNamed("silent") + "]");
        string reports = Directory.CreateDirectory(Path.Combine(folder.Path, "reports")).FullName;
        string fault = Repository.Data("diagnoses/fault");
        SessionResult objects =
            engine.Run("Get-KubeNodeRisk -Path $args[0] -Diagnosis (Get-ChecksumDiagnosis -FromPath $args[1])", cluster,
                fault).Succeeded();
        Assert.Equal(["FaultActive", null], objects.Property("Verdict").Select(static v => v?.ToString()));
        Assert.Equal("NatLocalChecksum", objects.Output[0].Properties["Cause"].Value);
        Assert.Equal("UnmarkTunnel", ((string[])objects.Output[0].Properties["Cure"].Value)[0]);
        Assert.Contains((string[])objects.Output[1].Properties["Notes"].Value,
            static n => n.Contains("reports nothing", StringComparison.Ordinal));

        engine.Run("Get-ChecksumDiagnosis -FromPath $args[0] | Export-ChecksumReport $args[1]", fault,
            Path.Combine(reports, "node7.prom")).Succeeded();
        SessionResult metrics = engine.Run("Get-KubeNodeRisk -Path $args[0] -ReportPath $args[1]", cluster, reports)
            .Succeeded();
        Assert.Equal(["FaultActive", null], metrics.Property("Verdict").Select(static v => v?.ToString()));

        SessionResult saved = engine.Run("Get-KubeNodeRisk node7 -Path $args[0] -ReportPath $args[1]", cluster, fault)
            .Succeeded();
        Assert.Equal("FaultActive", saved.OnlyOutput.Properties["Verdict"].Value.ToString());
        Assert.Equal(["DiagnosisExpected"],
            engine.Run("Get-KubeNodeRisk node7 -Path $args[0] -Diagnosis 7", cluster).ErrorIds);
        Assert.Equal(["PrometheusFailed"],
            engine.Run("Get-KubeNodeRisk node7 -Path $args[0] -Prometheus http://127.0.0.1:9", cluster).ErrorIds);
    }

    private static string[] Texts(SessionResult result) => [.. result.Values.Select(static v => v.ToString()!)];
}
