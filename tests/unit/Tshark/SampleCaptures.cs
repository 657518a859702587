namespace VxlanCsum.UnitTests.Tshark;

/// <summary>The captures that are part of this repository.</summary>
internal static class SampleCaptures
{
    public static string Folder { get; } = Path.Combine(Corpus.RepositoryRoot(), "tests", "data", "captures");

    public static IEnumerable<string> All => Directory.EnumerateFiles(Folder).Where(IsCapture).Order(StringComparer.Ordinal);

    private static bool IsCapture(string path)
    {
        string name = path.EndsWith(".gz", StringComparison.Ordinal) ? path[..^3] : path;
        return Path.GetExtension(name) is ".pcap" or ".pcapng";
    }
}
