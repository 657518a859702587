using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Clusters;

/// <summary>deploy/kubernetes/rbac-node-risk.yaml against what the cmdlet asks for.</summary>
public sealed class KubeRightsTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private static readonly KubeRights s_rights = new(Repository.PathOf("deploy", "kubernetes", "rbac-node-risk.yaml"),
        "vxlancsum-node-risk");

    [Fact]
    public async Task With_these_rights_all_is_read_and_without_any_of_them_something_is_not()
    {
        await using KubeApiServer server = (await KubeApiServer.StartAsync()).WithCalico(1)
            .WithList("api/v1/namespaces/kube-flannel/pods",
                KubeObjects.Pod("node-00001", "kube-flannel", "flannel/flannel:v0.22.0"))
            .WithList("apis/projectcalico.org/v3/ippools", []);
        server.Intercept = async (context, _) =>
        {
            bool forbidden = !s_rights.Allow(context.Request.Path);
            await (forbidden ? KubeApiServer.WriteStatusAsync(context, 403, "Forbidden", "no") : Task.CompletedTask);
            return forbidden;
        };
        SessionResult result =
            engine.Run("$VerbosePreference = 'Continue'; Get-KubeNodeRisk -Kubeconfig $args[0]; $VerbosePreference = "
                + "'SilentlyContinue'", server.Kubeconfig()).Succeeded();
        Assert.Empty((string[])Assert.Single(result.Output).Properties["Notes"].Value);
        Assert.Empty(result.Verbose);

        // Each place in which flannel's configuration may be was looked at, since none of them held it.
        Assert.Equal(3 + 1 + 4 + 2 + 1, server.Requests.Count);
    }

    [Fact]
    public void They_allow_no_change_and_no_secrets()
    {
        Assert.Equal(["get", "list"], s_rights.Verbs.Order(StringComparer.Ordinal));
        Assert.False(s_rights.Allow("/api/v1/pods"));
        Assert.False(s_rights.Allow("/api/v1/namespaces/default/pods"));
        Assert.False(s_rights.Allow("/api/v1/namespaces/kube-system/secrets"));
        Assert.False(s_rights.Allow("/api/v1/namespaces/kube-system/configmaps"));
        Assert.False(s_rights.Allow("/api/v1/namespaces/kube-system/configmaps/other"));
        Assert.False(s_rights.Allow("/api/v1/nodes/a/proxy"));
    }
}
