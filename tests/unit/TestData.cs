namespace VxlanCsum.UnitTests;

/// <summary>Where the files for the tests are.</summary>
internal static class TestData
{
    /// <summary>The checkout.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The full path of a file of tests/data.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, "tests", "data", .. parts]);

    /// <summary>
    /// A folder of the public samples, which are not part of the repository: VXLANCSUM_CORPUS says where they are, else
    /// they are looked for beside the checkout. Skips the test where they are not.
    /// </summary>
    public static string Corpus(string folder)
    {
        string corpus = Environment.GetEnvironmentVariable("VXLANCSUM_CORPUS") is { Length: > 0 } given
            ? given
            : Path.Combine(Root, "..", "shared", "corpus");
        string path = Path.Combine(corpus, folder);
        Xunit.Assert.SkipUnless(Directory.Exists(path),
            $"needs the public samples: no folder {path}; set VXLANCSUM_CORPUS");
        return path;
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "VxlanCsum.psd1")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no VxlanCsum.psd1 above {AppContext.BaseDirectory}");
    }
}
