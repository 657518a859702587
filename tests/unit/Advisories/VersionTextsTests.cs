using VxlanCsum.Advisories;
using Xunit;

namespace VxlanCsum.UnitTests.Advisories;

public sealed class VersionTextsTests
{
    [Theory]
    [InlineData("Kubernetes v1.28.2\n", "v1.28.2")]
    [InlineData("k3s version v1.27.4+k3s1 (36645e73)\ngo version go1.20.6\n", "v1.27.4+k3s1")]
    [InlineData("v3.26.1\n", "v3.26.1")]
    [InlineData("no version at all", null)]
    [InlineData("v1.2\u001b[31m", "v1.2\\x1b[31m")]
    public void TheVersionIsFoundInWhatProgramsSay(string said, string? version) =>
    Assert.Equal(version, VersionTexts.Of(said));

    [Fact]
    public void OsReleaseNamesTheDistribution()
    {
        Assert.Equal("Debian GNU/Linux 12 (bookworm)",
            VersionTexts.Distribution("NAME=\"Debian GNU/Linux\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"));
        Assert.Equal("Alpine Linux", VersionTexts.Distribution("NAME='Alpine Linux'\nPRETTY_NAME=\n"));
        Assert.Null(VersionTexts.Distribution("# nothing\n"));
    }

    [Fact]
    public void ImagesOfRunningContainersTellTheirVersions()
    {
        const string Ps = """
            { "containers": [
              { "metadata": { "name": "kube-proxy" }, "image": { "image": "sha256:aa" }, "imageRef": "sha256:aa" },
              { "metadata": { "name": "calico-node" },
                  "image": { "image": "b5", "userSpecifiedImage": "localhost:5000/calico/node:v3.26.1@sha256:bb" }, "imageRef": "b5" },
              { "metadata": { "name": "coredns" }, "image": { "image": "sha256:cc" } },
              { "metadata": { "name": "kube-flannel" }, "image": { "image": "docker.io/flannel/flannel:latest" } } ] }
            """;
        const string Images =
            """{ "images": [ { "id": "sha256:aa", "repoTags": [ "registry.k8s.io/kube-proxy:v1.28.2" ], "repoDigests": """
                + """[] }, { "id": "sha256:cc", "repoTags": null } ] }""";
        IReadOnlyDictionary<string, string> tags = VersionTexts.ContainerTags(Ps, Images);
        Assert.Equal(2, tags.Count);
        Assert.Equal("v1.28.2", tags["kube-proxy"]);
        Assert.Equal("v3.26.1", tags["calico-node"]);
        Assert.Empty(VersionTexts.ContainerTags("{}", "{}"));
        Assert.Throws<FormatException>(() => VersionTexts.ContainerTags("FATA[0000] no endpoint", "{}"));
        Assert.Throws<FormatException>(() => VersionTexts.ContainerTags("[]", "{}"));
    }
}
