using System.Collections;
using System.Management.Automation;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Packing;

namespace VxlanCsum.EngineTests.Packaging;

/// <summary>The packed folder: what it holds, and that it is a module.</summary>
public sealed class PackedModuleTests(PackageFixture package)
{
    [Fact]
    public void It_holds_what_the_staged_module_was_made_of_and_no_host()
    {
        string[] binaries = [.. package.Files.Where(file => file.StartsWith("bin/", StringComparison.Ordinal))];
        string[] staged = [.. Directory.EnumerateFiles(Repository.PathOf("bin", "node"), "*.dll")
            .Select(file => $"bin/node/{Path.GetFileName(file)}")];
        Assert.Equal(["bin/VxlanCsum.Core.dll", "bin/VxlanCsum.dll", .. staged.Order(StringComparer.Ordinal)],
            binaries);
        Assert.All(binaries,
            file => Assert.Equal(Identity(Repository.PathOf(file)), Identity(Path.Combine(package.Folder, file))));
    }

    /// <summary>A precompiled image is refused by another kind of processor than the one it was made for.</summary>
    [Fact]
    public void Its_assemblies_are_for_any_processor() => Assert.All(
        package.Files.Where(file => file.EndsWith(".dll", StringComparison.Ordinal)),
        file =>
        {
            using PEReader reader = new(File.OpenRead(Path.Combine(package.Folder, file)));
            Assert.Equal((Machine.I386, PEMagic.PE32),
                (reader.PEHeaders.CoffHeader.Machine, reader.PEHeaders.PEHeader!.Magic));
            Assert.Equal(CorFlags.ILOnly,
                reader.PEHeaders.CorHeader!.Flags & (CorFlags.ILOnly | CorFlags.Requires32Bit));
            Assert.Equal(0, reader.PEHeaders.CorHeader.ManagedNativeHeaderDirectory.Size);
        });

    [Fact]
    public void It_holds_help_licence_and_changes_as_they_are_in_the_checkout()
    {
        string helpFolder = Repository.PathOf("en-US");
        string[] help = Directory.Exists(helpFolder)
            ? [.. Directory.EnumerateFiles(helpFolder).Select(file => $"en-US/{Path.GetFileName(file)}")] : [];
        Assert.All(["LICENSE", "CHANGELOG.md", "README.md", "VxlanCsum.Format.ps1xml", "VxlanCsum.Types.ps1xml",
            "VxlanCsum.Types.psd1", "VxlanCsum.Once.psm1", "schemas/checksum-report.schema.json",
            "deploy/kubernetes/rbac-node-risk.yaml", .. help], file =>
            Assert.Equal(File.ReadAllBytes(Repository.PathOf(file)),
                File.ReadAllBytes(Path.Combine(package.Folder, file))));
    }

    [Fact]
    public void Its_manifest_is_valid_and_lists_every_file()
    {
        using ModuleSession session = new(importModule: false);
        PSModuleInfo module =
            (PSModuleInfo)session.Run("Test-ModuleManifest $args[0] -ErrorAction Stop",
                package.Manifest).OnlyOutput.BaseObject;
        Assert.Equal(package.Files, module.FileList.Select(file => Path.GetRelativePath(package.Folder, file)));
        Assert.Equal(Path.GetFileName(package.Folder), module.Version.ToString());
        Assert.Equal(["Core"], module.CompatiblePSEditions);
        Assert.Equal(Uri.UriSchemeHttps, module.LicenseUri.Scheme);
        Assert.Equal(Uri.UriSchemeHttps, module.ProjectUri.Scheme);
        Assert.Equal(ReleaseNotes.Of(File.ReadAllText(Repository.PathOf("CHANGELOG.md")), module.Version),
            module.ReleaseNotes);
        Assert.Contains("Kubernetes", module.Tags);
        Assert.DoesNotContain(module.Tags, tag => tag.Contains(' ', StringComparison.Ordinal));
    }

    [Fact]
    public void But_for_release_notes_and_files_its_manifest_is_the_checkouts()
    {
        using ModuleSession session = new(importModule: false);
        Assert.Equal(Facts(session, Repository.Manifest), Facts(session, package.Manifest));
    }

    [Fact]
    public async Task Importing_it_brings_the_cmdlets_of_its_manifest_and_they_work()
    {
        ShellResult result = await package.RunAsync($$"""
            $module = Get-Module VxlanCsum
            $module.ModuleBase
            ($module.ExportedCmdlets.Keys | ForEach-Object { $_ }) -join ' '
            [VxlanCsum.PacketChecksum].Assembly.Location
            (Read-PcapChecksum '{{Repository.Data("captures", "udpcsum-on-random.pcap")}}' -Status Bad -First 1).Cause
            """);
        Assert.Equal(("", 0), (result.Errors, result.ExitCode));
        ModuleManifest manifest = ModuleManifest.Parse(File.ReadAllText(Repository.Manifest));
        string exported = string.Join(' ', result.Lines[1].Split(' ').Order(StringComparer.Ordinal));
        Assert.Equal(
            [package.Folder, string.Join(' ', manifest.Cmdlets),
                Path.Combine(package.Folder, "bin", "VxlanCsum.Core.dll"), "NatLocalChecksum"],
            [result.Lines[0], exported, result.Lines[2], result.Lines[3]]);
    }

    [Fact]
    public void A_module_that_is_not_built_is_no_package()
    {
        using TemporaryFolder folder = new();
        File.Copy(Repository.Manifest, Path.Combine(folder.Path, "VxlanCsum.psd1"));
        File.Copy(Repository.PathOf("CHANGELOG.md"), Path.Combine(folder.Path, "CHANGELOG.md"));
        PackingException problem = Assert.Throws<PackingException>(
            () => Packer.Pack(folder.Path, Path.Combine(folder.Path, "out")));
        Assert.Contains("dotnet build", problem.Message, StringComparison.Ordinal);
    }

    private static string[] Facts(ModuleSession session, string manifest)
    {
        string text = File.ReadAllText(manifest);
        Hashtable values = (Hashtable)session.Run("& ([scriptblock]::Create($args[0]))", text).OnlyOutput.BaseObject;
        values.Remove("FileList");
        ((Hashtable)((Hashtable)values["PrivateData"]!)["PSData"]!).Remove("ReleaseNotes");
        return [.. Flat("", values).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Flat(string name, object? value) => value switch
    {
        Hashtable table => table.Keys.Cast<string>().SelectMany(key => Flat($"{name}/{key}", table[key])),
        IEnumerable list and not string => [$"{name} = {string.Join(' ', list.Cast<object>())}"],
        _ => [$"{name} = {value}"],
    };

    /// <summary>What the compiler numbered the assembly with, which precompiling leaves as it is.</summary>
    private static Guid Identity(string assembly)
    {
        using PEReader reader = new(File.OpenRead(assembly));
        MetadataReader metadata = reader.GetMetadataReader();
        return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
    }
}
