namespace VxlanCsum.UnitTests;

/// <summary>The captures that are part of this repository.</summary>
internal static class SampleCaptures
{
    public static IEnumerable<string> All =>
        Directory.EnumerateFiles(TestData.PathOf("captures")).Where(IsCapture).Order(StringComparer.Ordinal);

    private static bool IsCapture(string path)
    {
        string name = path.EndsWith(".gz", StringComparison.Ordinal) ? path[..^3] : path;
        return Path.GetExtension(name) is ".pcap" or ".pcapng";
    }
}
