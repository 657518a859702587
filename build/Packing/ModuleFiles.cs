using System.Text;

namespace VxlanCsum.Packing;

/// <summary>What the package holds: the staged module, its help, its licence and notices. Not vxlancsum, which is for machines without PowerShell.</summary>
public static class ModuleFiles
{
    private const string ManifestName = "VxlanCsum.psd1";
    private const string NoticesName = "THIRD-PARTY-NOTICES.txt";
    private const string OwnNodeAssembly = "VxlanCsum.Node.dll";

    /// <summary>The files, in the order of their paths.</summary>
    /// <exception cref="PackingException">The module is not staged, or something is staged that no restored package brought.</exception>
    public static IReadOnlyList<PackageFile> Collect(string root, ModuleManifest manifest, string releaseNotes)
    {
        IReadOnlyList<RestoredPackage> packages = Packages(root);
        string[] binaries = [manifest.Text("RootModule"), "bin/VxlanCsum.Core.dll", .. NodeAssemblies(root, packages).Select(name => $"bin/node/{name}")];
        List<PackageFile> files = [.. binaries.Concat(["VxlanCsum.Format.ps1xml", "VxlanCsum.Types.ps1xml", "schemas/checksum-report.schema.json", "LICENSE", "CHANGELOG.md", "README.md"]).Concat(Help(root)).Concat(Manifests(root)).Select(path => Read(root, path))];
        files.Add(FromText(NoticesName, ThirdPartyNotices.Write(packages)));
        string[] paths = [.. files.Select(file => file.Path).Append(ManifestName).Order(StringComparer.Ordinal)];
        files.Add(FromText(ManifestName, manifest.Packed(releaseNotes, paths)));
        return [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)];
    }

    /// <summary>The packages of others whose assemblies the module brings along.</summary>
    public static IReadOnlyList<RestoredPackage> Packages(string root)
    {
        string project = Path.Combine(root, "src", "VxlanCsum.Node");
        string dependencies = Directory.Exists(Path.Combine(project, "bin"))
            ? Directory.EnumerateFiles(Path.Combine(project, "bin"), "VxlanCsum.Node.deps.json", SearchOption.AllDirectories).MaxBy(File.GetLastWriteTimeUtc) ?? ""
            : "";
        return dependencies.Length > 0
            ? RestoredPackage.OfProject(dependencies, Path.Combine(project, "obj", "project.assets.json"))
            : throw new PackingException($"{project} is not built: run dotnet build.");
    }

    /// <summary>Text without a byte order mark and with \n, whatever the checkout has.</summary>
    private static PackageFile FromText(string path, string text) => new(path, Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n")));

    private static PackageFile Read(string root, string path)
    {
        string file = Path.Combine(root, path);
        return File.Exists(file) ? new PackageFile(path, File.ReadAllBytes(file)) : throw new PackingException($"{file} is not there: run dotnet build.");
    }

    /// <summary>bin/node as far as this build put it there; a leftover of an earlier build is an error, not a passenger.</summary>
    private static string[] NodeAssemblies(string root, IReadOnlyList<RestoredPackage> packages)
    {
        string[] expected = [.. packages.SelectMany(package => package.Assemblies).Append(OwnNodeAssembly)];
        string folder = Path.Combine(root, "bin", "node");
        string[] staged = Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file))] : [];
        if (staged.Except(expected).Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } strangers)
        {
            throw new PackingException($"{folder} holds {string.Join(", ", strangers)}, which no restored package brought: delete it and build again.");
        }

        return expected;
    }

    /// <summary>What its cmdlets need in a cluster: their errors name these files.</summary>
    private static IEnumerable<string> Manifests(string root) => Directory.EnumerateFiles(Path.Combine(root, "deploy", "kubernetes"), "*.yaml")
        .Select(file => $"deploy/kubernetes/{Path.GetFileName(file)}");

    private static IEnumerable<string> Help(string root)
    {
        string folder = Path.Combine(root, "en-US");
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Select(file => $"en-US/{Path.GetFileName(file)}") : [];
    }
}
