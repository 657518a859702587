using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.LabTests;

/// <summary>What reading features leaves open in the process.</summary>
[Collection(nameof(Alone))]
public sealed class OffloadFeatureLeakTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Fact]
    public void AThousandReadingsOfAnotherNamespaceLeakNothing()
    {
        using LabNamespace lab = OffloadFeatureTests.ManyDevices();
        const string Script =
            "for ($i = 0; $i -lt $args[1]; $i++) { Get-OffloadFeature vx4 rx -NetworkNamespace $args[0] }";
        Assert.Equal(20, engine.Run(Script, lab.Name, 20).Values.Count);
        string home = NetworkNamespace.Current;
        int before = Descriptors();
        Assert.Equal(1000, engine.Run(Script, lab.Name, 1000).Values.Count);
        Assert.Equal(before, Descriptors());
        Assert.Equal([home], engine.Run("[System.IO.FileInfo]::new('/proc/thread-self/ns/net').LinkTarget").Values);
    }

    /// <summary>Open sockets and namespaces; the engine opens files of its own as it likes.</summary>
    private static int Descriptors() =>
        Directory.GetFileSystemEntries("/proc/self/fd").Count(f => new FileInfo(f).LinkTarget is { } link
            && (link.StartsWith("socket:", StringComparison.Ordinal)
                || link.StartsWith("net:", StringComparison.Ordinal)
                || link.Contains("/netns/", StringComparison.Ordinal)));
}
