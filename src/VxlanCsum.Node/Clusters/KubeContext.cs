using k8s;
using k8s.KubeConfigModels;

namespace VxlanCsum.Node.Clusters;

/// <summary>A cluster to be reached, and as whom.</summary>
/// <param name="Name">The context's name; "in-cluster" within a pod.</param>
/// <param name="Configuration">What KubernetesClient makes of it.</param>
/// <param name="User">The kubeconfig's user, for what KubernetesClient leaves out; null within a pod.</param>
/// <param name="ProxyUrl">The cluster's proxy-url; null where it has none.</param>
internal sealed record KubeContext(string Name, KubernetesClientConfiguration Configuration, UserCredentials? User,
    string? ProxyUrl);
