namespace VxlanCsum.Shell.Session;

/// <summary>Finds the module that this program belongs to.</summary>
internal static class ModuleLocator
{
    private const string Manifest = "VxlanCsum.psd1";
    private const string ModuleName = "VxlanCsum";
    private const string Variable = "VXLANCSUM_MODULE";

    /// <summary>
    /// The manifest's path: what VXLANCSUM_MODULE names; else beside the program or in a folder above it, as in a
    /// checkout and in the packed module; else in PSModulePath.
    /// </summary>
    /// <exception cref="FileNotFoundException">It is in none of these; the message lists them.</exception>
    public static string Find()
    {
        string? named = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(named))
        {
            string path = Directory.Exists(named) ? Path.Combine(named, Manifest) : named;
            return File.Exists(path)
                ? Path.GetFullPath(path)
                : throw new FileNotFoundException($"{Variable} is '{named}', and there is no {Manifest} there.");
        }

        return Candidates().FirstOrDefault(File.Exists) ?? throw new FileNotFoundException(
            $"The VxlanCsum module is not there: no {Manifest} in {AppContext.BaseDirectory} or a folder above it, and none in a VxlanCsum folder of PSModulePath "
            + $"({Environment.GetEnvironmentVariable("PSModulePath")}). Build it with 'dotnet build' in the checkout, or set {Variable} to its folder.");
    }

    private static IEnumerable<string> Candidates()
    {
        yield return Path.Combine(AppContext.BaseDirectory, ModuleName, Manifest);
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            yield return Path.Combine(folder.FullName, Manifest);
        }

        foreach (string folder in (Environment.GetEnvironmentVariable("PSModulePath") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            string module = Path.Combine(folder, ModuleName);
            yield return Path.Combine(module, Manifest);
            foreach (string version in VersionsIn(module))
            {
                yield return Path.Combine(version, Manifest);
            }
        }
    }

    /// <summary>The version folders of an installed module, newest first.</summary>
    private static IEnumerable<string> VersionsIn(string module) => !Directory.Exists(module)
        ? []
        : Directory.EnumerateDirectories(module)
            .Where(folder => Version.TryParse(Path.GetFileName(folder), out _))
            .OrderByDescending(folder => Version.Parse(Path.GetFileName(folder)));
}
