namespace VxlanCsum.EngineTests.Hosting;

/// <summary>Public captures that are no part of the repository: where VXLANCSUM_CORPUS points, or in shared/corpus
/// beside the checkout.</summary>
public static class PublicSamples
{
    /// <summary>The captures; skips the test where there are none.</summary>
    public static string[] CapturesOrSkip()
    {
        string corpus = Environment.GetEnvironmentVariable("VXLANCSUM_CORPUS") is { Length: > 0 } given
            ? given
            : Path.Combine(Repository.Root, "..", "shared", "corpus");
        string folder = Path.GetFullPath(Path.Combine(corpus, "pcap"));
        Assert.SkipUnless(Directory.Exists(folder),
            $"needs the public samples: no folder {folder}; set VXLANCSUM_CORPUS");
        return [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
    }
}
