using System.IO.Compression;
using System.Xml.Linq;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Packing;

namespace VxlanCsum.EngineTests.Packaging;

/// <summary>The .nupkg: what a PowerShell repository needs of it, and that NuGet's own client takes it.</summary>
public sealed class GalleryPackageTests(PackageFixture package)
{
    [Fact]
    public void It_holds_the_modules_folder_bit_for_bit()
    {
        using ZipArchive archive = ZipFile.OpenRead(package.Packed.Package);
        string[] names = [.. archive.Entries.Select(entry => entry.FullName)];
        Assert.Equal(package.Files, names.Where(package.Files.Contains));
        string[] ofTheFormat = [.. names.Except(package.Files)];
        Assert.Equal(["[Content_Types].xml", "_rels/.rels", "VxlanCsum.nuspec"], ofTheFormat[..3]);
        Assert.StartsWith("package/services/metadata/core-properties/", Assert.Single(ofTheFormat[3..]),
            StringComparison.Ordinal);
        foreach (ZipArchiveEntry entry in archive.Entries.Where(entry => package.Files.Contains(entry.FullName)))
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(package.Folder, entry.FullName)), Bytes(entry));
        }
    }

    [Fact]
    public void Its_specification_says_what_the_manifest_says_in_the_gallerys_words()
    {
        using ZipArchive archive = ZipFile.OpenRead(package.Packed.Package);
        using Stream stream = archive.GetEntry("VxlanCsum.nuspec")!.Open();
        Dictionary<string, string> facts = XDocument.Load(stream).Root!.Elements().Single().Elements()
            .ToDictionary(element => element.Name.LocalName, element => element.Value);
        ModuleManifest manifest = ModuleManifest.Parse(File.ReadAllText(Repository.Manifest));
        Assert.Equal(("VxlanCsum", manifest.Version.ToString()), (facts["id"], facts["version"]));
        Assert.Equal(manifest.Text("Description"), facts["description"]);
        Assert.Equal(ReleaseNotes.Of(File.ReadAllText(Repository.PathOf("CHANGELOG.md")), manifest.Version),
            facts["releaseNotes"].ReplaceLineEndings("\n"));
        string[] tags = facts["tags"].Split(' ');
        Assert.Contains("PSModule", tags);
        Assert.Contains("PSEdition_Core", tags);
        Assert.Equal(manifest.Cmdlets.Select(cmdlet => $"PSCmdlet_{cmdlet}"),
            tags.Where(tag => tag.StartsWith("PSCmdlet_", StringComparison.Ordinal)));
        Assert.Equal(manifest.Cmdlets.Select(cmdlet => $"PSCommand_{cmdlet}"),
            tags.Where(tag => tag.StartsWith("PSCommand_", StringComparison.Ordinal)));
        // The Gallery's limits of the fields.
        Assert.InRange(facts["tags"].Length, 1, 4000);
        Assert.InRange(facts["description"].Length, 1, 4000);
        Assert.InRange(facts["releaseNotes"].Length, 1, 35000);
    }

    [Fact]
    public void It_depends_on_its_files_alone()
    {
        using TemporaryFolder folder = new();
        PackedModule again = Packer.Pack(Repository.Root, folder.Path);
        Assert.Equal(File.ReadAllBytes(package.Packed.Package), File.ReadAllBytes(again.Package));
        using ZipArchive archive = ZipFile.OpenRead(again.Package);
        Assert.All(archive.Entries, entry => Assert.Equal(new DateTime(1980, 1, 1), entry.LastWriteTime.DateTime));
    }

    [Fact]
    public async Task NuGets_own_client_restores_it()
    {
        using TemporaryFolder folder = new();
        string version = Path.GetFileName(package.Folder);
        folder.Write("take.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <RestorePackagesPath>{folder.Path}/packages</RestorePackagesPath>
                <RestoreSources>{Path.GetDirectoryName(package.Packed.Package)}</RestoreSources>
                <DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>
              </PropertyGroup>
              <ItemGroup><PackageDownload Include="VxlanCsum" Version="[{version}]" /></ItemGroup>
            </Project>
            """);
        (int exitCode, string output) = await DotnetProcess.RunAsync(folder.Path, "restore", "take.csproj");
        Assert.True(exitCode == 0, output);
        string restored = Path.Combine(folder.Path, "packages", "vxlancsum", version);
        Assert.All(package.Files,
            file => Assert.Equal(File.ReadAllBytes(Path.Combine(package.Folder, file)),
                File.ReadAllBytes(Path.Combine(restored, file))));
    }

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        using MemoryStream copy = new();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
