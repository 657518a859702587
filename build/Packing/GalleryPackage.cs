using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace VxlanCsum.Packing;

/// <summary>
/// The .nupkg that a PowerShell repository serves: a zip by the Open Packaging Conventions with a .nuspec whose tags
/// say what the
/// module exports, as Publish-PSResource writes it. Equal files give equal bytes: order, times and names depend on
/// nothing else.
/// </summary>
public static class GalleryPackage
{
    private static readonly XNamespace Nuspec = "http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd";
    private static readonly XNamespace Types = "http://schemas.openxmlformats.org/package/2006/content-types";
    private static readonly XNamespace Relations = "http://schemas.openxmlformats.org/package/2006/relationships";
    private static readonly XNamespace Core = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties";
    private static readonly XNamespace Terms = "http://purl.org/dc/elements/1.1/";

    /// <summary>A zip knows no earlier time.</summary>
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The package's bytes.</summary>
    public static byte[] Write(ModuleManifest manifest, string name, string releaseNotes,
        IReadOnlyList<PackageFile> files)
    {
        PackageFile specification = Xml($"{name}.nuspec", Specification(manifest, name, releaseNotes));
        PackageFile properties = Properties(manifest, name);
        List<PackageFile> parts = [specification, properties, .. files];
        parts.Insert(0, Xml("_rels/.rels", RelationsOf(specification.Path, properties.Path)));
        parts.Insert(0, Xml("[Content_Types].xml", ContentTypes(parts)));
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (PackageFile part in parts)
            {
                ZipArchiveEntry entry = archive.CreateEntry(part.Path, CompressionLevel.SmallestSize);
                entry.LastWriteTime = Epoch;
                entry.ExternalAttributes = Convert.ToInt32("100644", 8) << 16;
                using Stream content = entry.Open();
                content.Write(part.Content.Span);
            }
        }

        return stream.ToArray();
    }

    private static XElement Specification(ModuleManifest manifest, string name, string releaseNotes)
    {
        IEnumerable<string> tags = [
            .. manifest.Tags,
            "PSModule",
            .. manifest.Editions.Select(edition => $"PSEdition_{edition}"),
            "PSIncludes_Cmdlet",
            .. manifest.Cmdlets.SelectMany(cmdlet => new[] { $"PSCmdlet_{cmdlet}", $"PSCommand_{cmdlet}" }),
        ];
        return new XElement(
            Nuspec + "package",
            new XElement(
                Nuspec + "metadata",
                new XElement(Nuspec + "id", name),
                new XElement(Nuspec + "version", manifest.Version),
                new XElement(Nuspec + "authors", manifest.Text("Author")),
                new XElement(Nuspec + "owners", manifest.Text("CompanyName")),
                new XElement(Nuspec + "requireLicenseAcceptance", false),
                new XElement(Nuspec + "licenseUrl", manifest.GalleryText("LicenseUri")),
                new XElement(Nuspec + "projectUrl", manifest.GalleryText("ProjectUri")),
                new XElement(Nuspec + "description", manifest.Text("Description")),
                new XElement(Nuspec + "releaseNotes", releaseNotes),
                new XElement(Nuspec + "copyright", manifest.Text("Copyright")),
                new XElement(Nuspec + "tags", string.Join(' ', tags))));
    }

    private static PackageFile Properties(ModuleManifest manifest, string name)
    {
        XElement properties = new(
            Core + "coreProperties",
            new XAttribute(XNamespace.Xmlns + "dc", Terms),
            new XElement(Terms + "creator", manifest.Text("Author")),
            new XElement(Terms + "description", manifest.Text("Description")),
            new XElement(Terms + "identifier", name),
            new XElement(Core + "version", manifest.Version),
            new XElement(Core + "keywords", string.Join(' ', manifest.Tags)));
        // NuGet names this part by chance; by its content it is the same each time.
        string hash = Convert.ToHexStringLower(SHA256.HashData(Xml("", properties).Content.Span))[..32];
        return Xml($"package/services/metadata/core-properties/{hash}.psmdcp", properties);
    }

    private static XElement RelationsOf(string specification, string properties) => new(
        Relations + "Relationships",
        Relation("R1", "http://schemas.microsoft.com/packaging/2010/07/manifest", specification),
        Relation("R2", "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
            properties));

    private static XElement Relation(string id, string type, string target) =>
        new(Relations + "Relationship", new XAttribute("Type", type), new XAttribute("Target", $"/{target}"),
            new XAttribute("Id", id));

    private static XElement ContentTypes(IEnumerable<PackageFile> parts)
    {
        ILookup<bool, string> paths = parts.Select(part => part.Path)
            .ToLookup(path => Path.GetExtension(path).Length > 0);
        return new XElement(
            Types + "Types",
            paths[true].Select(path => Path.GetExtension(path)[1..]).Distinct().Order(StringComparer.Ordinal)
                .Select(extension => new XElement(Types + "Default", new XAttribute("Extension", extension),
                    new XAttribute("ContentType", TypeOf(extension)))),
            paths[false].Order(StringComparer.Ordinal)
                .Select(path => new XElement(Types + "Override", new XAttribute("PartName", $"/{path}"),
                    new XAttribute("ContentType", "application/octet"))));
    }

    private static string TypeOf(string extension) => extension switch
    {
        "rels" => "application/vnd.openxmlformats-package.relationships+xml",
        "psmdcp" => "application/vnd.openxmlformats-package.core-properties+xml",
        _ => "application/octet",
    };

    private static PackageFile Xml(string path, XElement content) =>
        new(path, Encoding.UTF8.GetBytes(
            $"<?xml version=\"1.0\" "
            + $"encoding=\"utf-8\"?>\n{content.ToString(SaveOptions.None).ReplaceLineEndings("\n")}\n"));
}
