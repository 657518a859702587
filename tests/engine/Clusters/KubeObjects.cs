namespace VxlanCsum.EngineTests.Clusters;

/// <summary>Objects as the API lists them: without kind and apiVersion.</summary>
internal static class KubeObjects
{
    // What makes a Node large: the images that it holds.
    private static readonly string s_images = string.Join(",", Enumerable.Range(0, 30).Select(static i =>
        $$$"""{"names":["registry.k8s.io/image-{{{i}}}@sha256:{{{new string('a', 64)}}}","registry.k8s.io/image-{{{i}}}:v1"],"sizeBytes":12345678}"""));

    public static string NodeNamed(string name, string kernel = "5.15.0-91-generic", string kubelet = "v1.18.5") =>
        $$$"""
        {"metadata":{"name":"{{{name}}}","labels":{"kubernetes.io/os":"linux"}},
         "status":{"images":[{{{s_images}}}],"nodeInfo":{"kernelVersion":"{{{kernel}}}","osImage":"Ubuntu 22.04.3 LTS",
          "operatingSystem":"linux","kubeletVersion":"{{{kubelet}}}","kubeProxyVersion":"{{{kubelet}}}","containerRuntimeVersion":"containerd://1.7.2"}} }
        """;

    public static IEnumerable<string> Nodes(int count) =>
        Enumerable.Range(0, count).Select(static i => NodeNamed($"node-{i:d5}"));

    public static IEnumerable<string> Pods(int count) => Enumerable.Range(0, count).SelectMany(static i => (string[])[
        Pod($"node-{i:d5}", "kube-proxy", "registry.k8s.io/kube-proxy:v1.18.5"),
        Pod($"node-{i:d5}", "calico-node", "docker.io/calico/node:v3.20.0")]);

    public static string Pod(string node, string container, string image) =>
        $$$"""{"metadata":{"name":"{{{container}}}-{{{node}}}","namespace":"kube-system"},"spec":"""
            + $$$"""{"nodeName":"{{{node}}}","containers":[{"name":"{{{container}}}","image":"{{{image}}}"}]},"status":{"phase":"Running"} }""";

    public static string Pool(string name, string mode) =>
        $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"vxlanMode":"{{{mode}}}"} }""";

    public const string KubeProxyConfiguration =
        """{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"kube-proxy"},"data":{"config.conf":"kind: KubeProxyConfiguration\nmode: ipvs\n"} }""";

    /// <summary>A cluster of Calico with all that is read of it.</summary>
    public static KubeApiServer WithCalico(this KubeApiServer server, int nodes) => server
        .WithList("api/v1/nodes", Nodes(nodes))
        .WithList("api/v1/namespaces/kube-system/pods", Pods(nodes))
        .WithObject("api/v1/namespaces/kube-system/configmaps/kube-proxy", KubeProxyConfiguration)
        .WithList("apis/crd.projectcalico.org/v1/ippools", Pool("default", "Always"))
        .WithList("apis/crd.projectcalico.org/v1/felixconfigurations",
            """{"metadata":{"name":"default"},"spec":{"vxlanPort":4789} }""");
}
