using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace VxlanCsum.Packing;

/// <summary>The kubectl plugin as krew installs it: an archive, and the manifest that names its version, place and
/// sum. Equal files give equal bits.</summary>
public static class KrewPlugin
{
    private const string Folder = "deploy/kubectl", Plugin = "kubectl-vxlancsum", Template = "vxlancsum.krew.yaml";
    private const UnixFileMode Readable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable =
        Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Writes the archive and the filled manifest into a folder, and returns their paths.</summary>
    /// <param name="root">The checkout.</param>
    /// <param name="output">The folder.</param>
    /// <param name="place">Where the archive will be published; "{version}" in it stands for the version.</param>
    /// <exception cref="PackingException">The place is none that krew takes, or the template lacks a blank.</exception>
    public static (string Archive, string Manifest) Write(string root, string output, string place)
    {
        string version = ModuleManifest.Parse(File.ReadAllText(Path.Combine(root, "VxlanCsum.psd1"))).Version.ToString();
        place = place.Replace("{version}", version, StringComparison.Ordinal);
        if (!Uri.TryCreate(place, UriKind.Absolute, out Uri? uri) || uri.Scheme != Uri.UriSchemeHttps
            || place.AsSpan().ContainsAny("\"\\\n\r "))
        {
            throw new PackingException($"'{place}' is no https address of an archive.");
        }

        byte[] archive = Archive(root);
        string manifest = File.ReadAllText(Path.Combine(root, Folder, Template)).ReplaceLineEndings("\n");
        manifest = manifest[manifest.IndexOf("apiVersion:", StringComparison.Ordinal)..];
        manifest = Fill(manifest, "@VERSION@", $"v{version}");
        manifest = Fill(manifest, "@URI@", place);
        manifest = Fill(manifest, "@SHA256@", Convert.ToHexStringLower(SHA256.HashData(archive)));

        Directory.CreateDirectory(output);
        string archivePath = Path.Combine(output, $"{Plugin}.tar.gz"), manifestPath = Path.Combine(output, "vxlancsum.yaml");
        File.WriteAllBytes(archivePath, archive);
        File.WriteAllText(manifestPath, manifest);
        return (archivePath, manifestPath);
    }

    private static byte[] Archive(string root)
    {
        using MemoryStream stream = new();
        using (GZipStream zip = new(stream, CompressionLevel.SmallestSize, leaveOpen: true))
        using (TarWriter tar = new(zip, TarEntryFormat.Ustar))
        {
            Add(tar, Plugin, Path.Combine(root, Folder, Plugin), Executable);
            Add(tar, "LICENSE", Path.Combine(root, "LICENSE"), Readable);
        }

        return stream.ToArray();
    }

    private static void Add(TarWriter tar, string name, string file, UnixFileMode mode)
    {
        using MemoryStream content = new(System.Text.Encoding.UTF8.GetBytes(
            File.ReadAllText(file).ReplaceLineEndings("\n")));
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
        {
            Mode = mode,
            ModificationTime = DateTimeOffset.UnixEpoch,
            DataStream = content,
        });
    }

    private static string Fill(string manifest, string blank, string value) =>
        manifest.Contains(blank, StringComparison.Ordinal)
            ? manifest.Replace(blank, value, StringComparison.Ordinal)
            : throw new PackingException($"{Folder}/{Template} has no {blank}.");
}
