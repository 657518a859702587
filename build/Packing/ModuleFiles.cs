using System.Reflection;
using System.Text;

namespace VxlanCsum.Packing;

/// <summary>What the package holds: the module for any processor, its help, schemas, licence and notices. Not
/// vxlancsum, which is for machines without PowerShell.</summary>
public static class ModuleFiles
{
    private const string ManifestName = "VxlanCsum.psd1";
    private const string NoticesName = "THIRD-PARTY-NOTICES.txt";

    /// <summary>The configuration that this program was built in: what it packs is what was built with it.</summary>
    private static readonly string s_configuration =
        typeof(ModuleFiles).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(fact => fact.Key == "Configuration").Value!;

    /// <summary>The files, in the order of their paths.</summary>
    /// <exception cref="PackingException">The module is not built.</exception>
    public static IReadOnlyList<PackageFile> Collect(string root, ModuleManifest manifest, string releaseNotes)
    {
        IReadOnlyList<RestoredPackage> packages = Packages(root);
        string cmdlets = Output(root, "VxlanCsum"), node = Output(root, "VxlanCsum.Node");
        List<PackageFile> files = [
            Read(manifest.Text("RootModule"), cmdlets),
            Read("bin/VxlanCsum.Core.dll", cmdlets),
            .. packages.SelectMany(package => package.Assemblies).Append("VxlanCsum.Node.dll")
                .Select(name => Read($"bin/node/{name}", node)),
            .. manifest.Parts.Concat(["VxlanCsum.Types.ps1xml", "LICENSE", "CHANGELOG.md", "README.md"])
                .Select(name => Read(name, root)),
            .. Folder(root, "en-US"),
            // What its cmdlets need in a cluster: their errors name these files.
            .. Folder(root, "deploy/kubernetes", "*.yaml"),
            .. Folder(root, "schemas"),
            FromText(NoticesName, ThirdPartyNotices.Write(packages)),
        ];
        string[] paths = [.. files.Select(file => file.Path).Append(ManifestName).Order(StringComparer.Ordinal)];
        files.Add(FromText(ManifestName, manifest.Packed(releaseNotes, paths)));
        return [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)];
    }

    /// <summary>The packages of others whose assemblies the module brings along.</summary>
    public static IReadOnlyList<RestoredPackage> Packages(string root)
    {
        string dependencies = Path.Combine(Output(root, "VxlanCsum.Node"), "VxlanCsum.Node.deps.json");
        return File.Exists(dependencies)
            ? RestoredPackage.OfProject(dependencies,
                Path.Combine(root, "src", "VxlanCsum.Node", "obj", "project.assets.json"))
            : throw new PackingException($"{dependencies} is not there: run dotnet build.");
    }

    /// <summary>
    /// Where the compiler put a project's assembly. Not bin/: what is staged there is precompiled for this machine's
    /// processor, and
    /// another kind of processor refuses such an image (tried: linux-x64's on linux-arm64 is a bad image format).
    /// </summary>
    private static string Output(string root, string project) =>
        Path.Combine(root, "src", project, "bin", s_configuration, "net8.0");

    /// <summary>Text without a byte order mark and with \n, whatever the checkout has.</summary>
    private static PackageFile FromText(string path, string text) =>
        new(path, Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n")));

    private static PackageFile Read(string path, string folder)
    {
        string file = Path.Combine(folder, Path.GetFileName(path));
        return File.Exists(file) ? new PackageFile(path, File.ReadAllBytes(file))
            : throw new PackingException($"{file} is not there: run dotnet build.");
    }

    private static IEnumerable<PackageFile> Folder(string root, string name, string pattern = "*")
    {
        string folder = Path.Combine(root, name);
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, pattern).Select(file => Read($"{name}/{Path.GetFileName(file)}", folder))
            : [];
    }
}
