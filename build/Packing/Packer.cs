namespace VxlanCsum.Packing;

/// <summary>Makes the package of a checkout whose module is built.</summary>
public static class Packer
{
    private const string ModuleName = "VxlanCsum";

    /// <summary>
    /// Writes <c>VxlanCsum/&lt;version&gt;/</c>, the module as PowerShell installs it, and
    /// <c>VxlanCsum.&lt;version&gt;.nupkg</c> into a folder, in
    /// place of what is there of the same version.
    /// </summary>
    /// <exception cref="PackingException">The module is not built, or something that a package needs is
    /// missing.</exception>
    public static PackedModule Pack(string root, string output)
    {
        ModuleManifest manifest = ModuleManifest.Parse(File.ReadAllText(Path.Combine(root, $"{ModuleName}.psd1")));
        string notes = ReleaseNotes.Of(File.ReadAllText(Path.Combine(root, "CHANGELOG.md")), manifest.Version);
        IReadOnlyList<PackageFile> files = ModuleFiles.Collect(root, manifest, notes);

        string folder = Path.Combine(output, ModuleName, manifest.Version.ToString());
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        foreach (PackageFile file in files)
        {
            string path = Path.Combine(folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, file.Content.Span);
        }

        string package = Path.Combine(output, $"{ModuleName}.{manifest.Version}.nupkg");
        File.WriteAllBytes(package, GalleryPackage.Write(manifest, ModuleName, notes, files));
        return new PackedModule(folder, package);
    }
}
