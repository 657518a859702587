using System.Text;
using System.Text.Json;
using VxlanCsum.Advisories;
using VxlanCsum.Clusters;

namespace VxlanCsum.UnitTests.Clusters;

/// <summary>Texts as kubectl writes them, and what becomes of them.</summary>
internal static class ClusterTexts
{
    public static string NodeNamed(string name, string kernel = "5.4.0-42-generic", string kubelet = "v1.18.5",
        string os = "linux", string annotations = "") => $$$$"""
        {"apiVersion":"v1","kind":"Node","metadata":{"annotations":{ {{{{annotations}}}} },"name":"{{{{name}}}}"},
         "status":{"nodeInfo":{"kernelVersion":"{{{{kernel}}}}","osImage":"Ubuntu 20.04.6 LTS","operatingSystem":"{{{{os}}}}",
          "kubeletVersion":"{{{{kubelet}}}}","containerRuntimeVersion":"containerd://1.7.2"}}}
        """;

    public static string Pod(string node, string container, string image, string more = "") => $$$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{{container}}}}-{{{{node}}}}","namespace":"kube-system"},
         "spec":{"nodeName":"{{{{node}}}}","initContainers":[{"name":"install","image":"docker.io/calico/cni:v9.9.9"}],
          "containers":[{"name":"{{{{container}}}}","image":"{{{{image}}}}"{{{{more}}}}}]},
         "status":{"phase":"Running"}}
        """;

    public static string KubeProxy(string node, string version, string mode = "iptables") =>
        Pod(node, "kube-proxy", "registry.k8s.io/kube-proxy:" + version,
            $$$$""","command":["kube-proxy","--proxy-mode={{{{mode}}}}"]""");

    public static string Calico(string node, string version, string environment = "") =>
        Pod(node, "calico-node", "docker.io/calico/node:" + version, $$$$""","env":[{{{{environment}}}}]""");

    public static string Pool(string name, string mode, string more = "") =>
        $$$$"""{"apiVersion":"crd.projectcalico.org/v1","kind":"IPPool","metadata":{"name":"{{{{name}}}}"},"spec":"""
            + $$$$"""{"cidr":"10.244.0.0/16","vxlanMode":"{{{{mode}}}}"{{{{more}}}}}}""";

    public static string Felix(string name, string spec) =>
        $$$$"""{"apiVersion":"crd.projectcalico.org/v1","kind":"FelixConfiguration","metadata":{"name":"{{{{name}}}}"},"spec":{ {{{{spec}}}} }}""";

    public static string ConfigMap(string name, string file, string text) =>
        $$$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{{name}}}}"},"data":"""
            + $$$$"""{ {{{{JsonSerializer.Serialize(file)}}}}: {{{{JsonSerializer.Serialize(text)}}}} }}""";

    public static string List(params string[] items) =>
        $$$$"""{"apiVersion":"v1","items":[{{{{string.Join(",\n", items)}}}}],"kind":"List","metadata":{"resourceVersion":""}}""";

    /// <summary>The risks of a text's nodes, as the cmdlet judges them.</summary>
    public static IReadOnlyList<NodeRisk> Judge(params string[] items) => Judge(List(items), out _);

    public static IReadOnlyList<NodeRisk> Judge(string text, out ClusterReading reading)
    {
        ClusterReading into = reading = new(static versions => AdvisoryCatalog.Advise(versions));
        List<ClusterNode> nodes = [];
        using KubeObjectParser parser = new(
            (kind, item) => nodes.AddRange(into.Add(kind, item) is { } node ? [node] : Array.Empty<ClusterNode>()));
        parser.Write(Encoding.UTF8.GetBytes(text));
        parser.Complete();
        return [.. nodes.Select(into.Judge)];
    }
}
