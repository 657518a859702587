namespace VxlanCsum.EngineTests.Hosting;

/// <summary>Where the checkout is, found by walking up from the test assembly to the module's manifest.</summary>
public static class Repository
{
    /// <summary>The checkout's root folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The module as `dotnet build` staged it, to import by path.</summary>
    public static string Manifest { get; } = Path.Combine(Root, "VxlanCsum.psd1");

    /// <summary>The full path of a file of the checkout.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The full path of a file of tests/data.</summary>
    public static string Data(params string[] parts) => Path.Combine([Root, "tests", "data", .. parts]);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "VxlanCsum.psd1")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException(
            $"No VxlanCsum.psd1 above {AppContext.BaseDirectory}: the tests run from the checkout.");
    }
}
