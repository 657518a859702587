using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests;

/// <summary>Get-ChecksumAdvisory as it is called; what versions mean is told in tests/unit.</summary>
public sealed class ChecksumAdvisoryTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Fact]
    public void GivenVersionsAreWeighedAndNotTheNodes()
    {
        SessionResult result = engine.Run(
            "Get-ChecksumAdvisory 5.4.40 -KubeProxy v1.18.5 -Driver vmxnet3 -NodeName n1");
        Assert.Equal(["Kernel", "Kernel", "Kubernetes", "Driver"],
            result.Property("Subject").Select(static s => $"{s}"));
        Assert.All(result.Property("Suggests"), static s => Assert.Equal("Affected", $"{s}"));
        Assert.All(result.Property("NodeName"), static n => Assert.Equal("n1", n));
        Assert.All(result.Property("Sources"), static s => Assert.NotEmpty((string[])s!));
    }

    [Fact]
    public void NodeInfoOfTheKubernetesApiBindsByItsOwnNames()
    {
        SessionResult result = engine.Run("""
            [pscustomobject]@{ kernelVersion = '5.4.0-31-generic'; osImage = 'Ubuntu 20.04 LTS';
                kubeletVersion = 'v1.18.2'; kubeProxyVersion = 'v1.18.2' } | Get-ChecksumAdvisory
            """);
        Assert.Equal(["kernel-zero-checksum", "kernel-local-checksum", "kube-postrouting-mark"], result.Property("Id"));
        Assert.All(result.Property("Suggests"), static s => Assert.Equal("Affected", $"{s}"));
    }

    [Fact]
    public void AnObjectWithoutVersionsIsAnErrorAndTheNextIsWeighed()
    {
        SessionResult result = engine.Run(
            "[pscustomobject]@{ NodeName = 'a' }, [pscustomobject]@{ NodeName = 'b'; KernelRelease = '6.1.0' } | "
            + "Get-ChecksumAdvisory");
        Assert.Equal(["VersionMissing"], result.ErrorIds);
        Assert.Equal(["b", "b"], result.Output.Select(static o => o.Properties["NodeName"].Value));
    }

    [Fact]
    public void ThisNodesKernelIsNeverClearedOfDefectB()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        SessionResult result = engine.Run(
            "Get-ChecksumAdvisory | Where-Object { $_.Subject -eq 'Kernel' -and $_.Defects -eq 'B' }");
        Assert.NotEqual("FixIncluded", $"{result.Property("Suggests").Single()}");
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/osrelease").Trim(), result.Property("Version").Single());
    }

    [Fact]
    public void OtherKnowledgeIsReadFromAFile()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "own.json");
        File.WriteAllText(file, """
            { "updated": "2030-01-01", "advisories": [ { "id": "mine", "subject": "Kernel", "defects": [ "B" ],
                "fixedIn": [ "9.1" ], "sources": [ "https://example.org/" ],
              "rules": [ { "versions": [ { "from": "9.1" } ], "suggests": "FixIncluded", "certainty": "Likely", "message": "Mended." } ] } ] }
            """);
        Assert.Equal(["mine"], engine.Run("param($p) Get-ChecksumAdvisory 9.2 -DataPath $p", file).Property("Id"));
        File.WriteAllText(file, "{}");
        Assert.Equal(["AdvisoryDataInvalid"],
            engine.Run("param($p) Get-ChecksumAdvisory 9.2 -DataPath $p", file).ErrorIds);
        Assert.Equal(["TextFileUnreadable"],
            engine.Run("param($p) Get-ChecksumAdvisory 9.2 -DataPath $p", file + ".missing").ErrorIds);
    }
}
