using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using VxlanCsum.EngineTests.Clusters;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Packing;
using YamlDotNet.RepresentationModel;

namespace VxlanCsum.EngineTests.Packaging;

/// <summary>The kubectl plugin's archive and manifest as krew takes them.</summary>
public sealed class KrewPluginTests
{
    private const string Place = "https://files.example.org/{version}/kubectl-vxlancsum.tar.gz";

    [Fact]
    public void The_filled_manifest_is_of_the_archive_beside_it()
    {
        using TemporaryFolder folder = new();
        (string archive, string manifest) = KrewPlugin.Write(Repository.PathOf("."), folder.Path, Place);
        YamlNode filled = Load(manifest);
        string version = ModuleManifest.Parse(File.ReadAllText(Repository.Manifest)).Version.ToString();
        Assert.Equal($"v{version}", KubeManifest.Text(filled["spec"]["version"]));
        YamlNode platform = Assert.Single((YamlSequenceNode)filled["spec"]["platforms"]);
        Assert.Equal($"https://files.example.org/{version}/kubectl-vxlancsum.tar.gz", KubeManifest.Text(platform["uri"]));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(archive))),
            KubeManifest.Text(platform["sha256"]));
        Assert.DoesNotContain('@', File.ReadAllText(manifest));

        // krew moves what "files" names and runs what "bin" names.
        List<(string Name, UnixFileMode Mode, byte[] Content)> files = Unpack(archive);
        Assert.Equal(files.Select(static f => f.Name), ((YamlSequenceNode)platform["files"]).Select(
            static f => KubeManifest.Text(f["from"])));
        (string name, UnixFileMode mode, byte[] content) = files[0];
        Assert.Equal(KubeManifest.Text(platform["bin"]), name);
        Assert.True(mode.HasFlag(UnixFileMode.OtherExecute));
        Assert.Equal(File.ReadAllBytes(Repository.PathOf("deploy", "kubectl", name)), content);
    }

    [Fact]
    public void Made_twice_it_is_the_same()
    {
        using TemporaryFolder one = new(), two = new();
        (string first, string firstManifest) = KrewPlugin.Write(Repository.PathOf("."), one.Path, Place);
        (string second, string secondManifest) = KrewPlugin.Write(Repository.PathOf("."), two.Path, Place);
        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
        Assert.Equal(File.ReadAllText(firstManifest), File.ReadAllText(secondManifest));
    }

    [Theory]
    [InlineData("http://files.example.org/a.tar.gz")]
    [InlineData("out/krew/a.tar.gz")]
    [InlineData("https://files.example.org/a.tar.gz\"\nsha256: \"x")]
    public void A_place_that_krew_cannot_load_from_is_refused(string place)
    {
        using TemporaryFolder folder = new();
        Assert.Throws<PackingException>(() => KrewPlugin.Write(Repository.PathOf("."), folder.Path, place));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    private static YamlNode Load(string file)
    {
        using StreamReader reader = new(file);
        YamlStream yaml = [];
        yaml.Load(reader);
        return Assert.Single(yaml.Documents).RootNode;
    }

    private static List<(string, UnixFileMode, byte[])> Unpack(string archive)
    {
        using GZipStream zip = new(File.OpenRead(archive), CompressionMode.Decompress);
        using TarReader tar = new(zip);
        List<(string, UnixFileMode, byte[])> files = [];
        while (tar.GetNextEntry() is { } entry)
        {
            using MemoryStream content = new();
            entry.DataStream!.CopyTo(content);
            files.Add((entry.Name, entry.Mode, content.ToArray()));
        }

        return files;
    }
}
