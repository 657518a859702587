namespace VxlanCsum.Node.Clusters;

/// <summary>What is read of the API: its path, and how its rights name it.</summary>
/// <param name="Verb">"list" or "get".</param>
/// <param name="Name">Such as "nodes", or "configmaps/kube-proxy" of one object.</param>
/// <param name="Group">"" for the core group.</param>
/// <param name="Version">Such as "v1".</param>
/// <param name="Namespace">Null for what belongs to the cluster.</param>
/// <param name="Kind">The kind of its objects, which lists leave out.</param>
internal sealed record KubeResource(string Verb, string Name, string Group, string Version, string? Namespace,
    string Kind)
{
    public static KubeResource Nodes { get; } = new("list", "nodes", string.Empty, "v1", null, "Node");

    /// <param name="group">Calico has kept its resources under more than one.</param>
    /// <param name="version">The group's.</param>
    public static KubeResource IPPools(string group, string version) =>
        new("list", "ippools", group, version, null, "IPPool");

    public static KubeResource FelixConfigurations(string group, string version) =>
        new("list", "felixconfigurations", group, version, null, "FelixConfiguration");

    public static KubeResource Pods(string space) => new("list", "pods", string.Empty, "v1", space, "Pod");

    public static KubeResource ConfigMap(string space, string name) =>
        new("get", "configmaps/" + name, string.Empty, "v1", space, "ConfigMap");

    /// <summary>Relative to the server.</summary>
    public string Path => (Group.Length == 0 ? $"api/{Version}/" : $"apis/{Group}/{Version}/")
        + (Namespace is null ? Name : $"namespaces/{Uri.EscapeDataString(Namespace)}/{Name}");

    /// <summary>"pods in kube-system", "ippools.crd.projectcalico.org".</summary>
    public override string ToString() =>
        (Group.Length == 0 ? Name : $"{Name}.{Group}") + (Namespace is null ? string.Empty : $" in {Namespace}");
}
