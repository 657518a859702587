using System.Text.Json;
using System.Xml.Linq;

namespace VxlanCsum.Packing;

/// <summary>A NuGet package whose assemblies are staged with the module: what its own metadata say.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Version">The restored version.</param>
/// <param name="Assemblies">File names of its staged assemblies.</param>
/// <param name="Folder">Where it was restored to.</param>
public sealed record RestoredPackage(string Id, string Version, IReadOnlyList<string> Assemblies, string Folder)
{
    private readonly XElement _metadata = ReadMetadata(Folder);

    /// <summary>Whose work it is.</summary>
    public string Authors => Value("authors") ?? "unknown";

    /// <summary>The copyright line, where the package has one.</summary>
    public string? Copyright => Value("copyright");

    /// <summary>Its project's address, where the package names one.</summary>
    public string? ProjectAddress => Value("projectUrl");

    /// <summary>Where its source is and at which commit, where the package says.</summary>
    public string? SourceAddress =>
        Element("repository") is { } repository && repository.Attribute("url")?.Value is { Length: > 0 } address
        ? repository.Attribute("commit")?.Value is { Length: > 0 } commit ? $"{address}, commit {commit}" : address
        : null;

    /// <summary>The SPDX expression of its licence, where the package has one.</summary>
    public string? LicenceExpression =>
        Element("license") is { } licence && licence.Attribute("type")?.Value == "expression" ? licence.Value.Trim()
            : null;

    /// <summary>The licence file that the package holds, where it does.</summary>
    public string? LicenceFile => Element("license") is { } licence && licence.Attribute("type")?.Value == "file"
        ? Path.Combine(Folder, licence.Value.Trim())
        : FileNamed("LICENSE.txt") ?? FileNamed("LICENSE.md") ?? FileNamed("LICENSE");

    /// <summary>Notices on what the package holds of others, where it brings them.</summary>
    public string? NoticesFile =>
        FileNamed("THIRD-PARTY-NOTICES.txt") ?? FileNamed("NOTICE.txt") ?? FileNamed("NOTICE");

    /// <summary>
    /// The packages of a built project, from its .deps.json, which names the assemblies that are really copied (the
    /// framework's own
    /// copies left out), and its restore's list of package folders.
    /// </summary>
    /// <exception cref="PackingException">A package is not where restore put it.</exception>
    public static IReadOnlyList<RestoredPackage> OfProject(string dependencies, string restored)
    {
        using JsonDocument built = JsonDocument.Parse(File.ReadAllText(dependencies));
        using JsonDocument assets = JsonDocument.Parse(File.ReadAllText(restored));
        string[] folders = [.. assets.RootElement.GetProperty("packageFolders").EnumerateObject()
            .Select(folder => folder.Name)];
        JsonElement libraries = built.RootElement.GetProperty("libraries");
        List<RestoredPackage> packages = [];
        // For one kind of machine there are two targets, of which the first is empty.
        foreach (JsonProperty library in built.RootElement.GetProperty("targets").EnumerateObject()
            .Last().Value.EnumerateObject())
        {
            string[] files = [.. Files(library.Value, "runtime").Concat(Files(library.Value, "native"))
                .Order(StringComparer.Ordinal)];
            string? path = PathOf(library.Name, libraries.GetProperty(library.Name));
            if (files.Length > 0 && path is not null)
            {
                string folder = folders.Select(root => Path.Combine(root, path)).FirstOrDefault(Directory.Exists)
                    ?? throw new PackingException(
                        $"{library.Name} is in none of {string.Join(", ", folders)}: run dotnet restore.");
                string[] parts = path.Split('/');
                packages.Add(new RestoredPackage(library.Name.Split('/')[0], parts[1], files, folder));
            }
        }

        return [.. packages.OrderBy(package => package.Id, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Where a package folder has a library: null if it is no package. The runtime is one whose path is not
    /// written down.</summary>
    private static string? PathOf(string library, JsonElement facts) => facts.GetProperty("type").GetString() switch
    {
        "package" => facts.GetProperty("path").GetString(),
        "runtimepack" => library["runtimepack.".Length..].ToLowerInvariant(),
        _ => null,
    };

    private static IEnumerable<string> Files(JsonElement library, string kind) =>
        library.TryGetProperty(kind, out JsonElement files)
            ? files.EnumerateObject().Select(static file => Path.GetFileName(file.Name)) : [];

    private static XElement ReadMetadata(string folder)
    {
        string file = Directory.EnumerateFiles(folder, "*.nuspec").SingleOrDefault()
            ?? throw new PackingException($"{folder} holds no .nuspec.");
        return XDocument.Load(file).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
    }

    private XElement? Element(string name) =>
        _metadata.Elements().FirstOrDefault(element => element.Name.LocalName == name);

    private string? Value(string name) => Element(name)?.Value.Trim() is { Length: > 0 } text ? text : null;

    private string? FileNamed(string name) =>
        Directory.EnumerateFiles(Folder).Order(StringComparer.Ordinal)
            .FirstOrDefault(file => Path.GetFileName(file).Equals(name, StringComparison.OrdinalIgnoreCase));
}
