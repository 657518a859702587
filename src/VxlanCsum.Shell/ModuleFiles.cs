namespace VxlanCsum.Shell;

/// <summary>Where the module is, and what PowerShell looks for beside itself.</summary>
internal static class ModuleFiles
{
    private const string ManifestName = "VxlanCsum.psd1";

    /// <summary>
    /// The module's manifest: of the folder or manifest that VXLANCSUM_MODULE names; else of Modules beside the
    /// program, as published; else of the checkout, two folders up from bin/shell.
    /// </summary>
    public static string Manifest
    {
        get
        {
            if (Environment.GetEnvironmentVariable("VXLANCSUM_MODULE") is { Length: > 0 } named)
            {
                return Path.GetFullPath(Directory.Exists(named) ? Path.Combine(named, ManifestName) : named);
            }

            string published = Path.Combine(AppContext.BaseDirectory, "Modules", "VxlanCsum", ManifestName);
            return File.Exists(published)
                ? published
                : Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", ManifestName));
        }
    }

    /// <summary>Start-Job starts the program named pwsh beside the engine: that is this one.</summary>
    public static void OfferPwsh()
    {
        string pwsh = Path.Combine(AppContext.BaseDirectory, "pwsh");
        if (OperatingSystem.IsWindows() || File.Exists(pwsh))
        {
            return;
        }

        try
        {
            // One that is there and leads nowhere is of a single file that has been moved.
            File.Delete(pwsh);
            File.CreateSymbolicLink(pwsh, Environment.ProcessPath!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be written: Start-Job then says that there is no pwsh, and all else works.
        }
    }
}
