using Xunit;

namespace VxlanCsum.UnitTests.Captures;

/// <summary>The captures of tests/data.</summary>
internal static class Samples
{
    public static string Folder => TestData.PathOf("captures");

    public static TheoryData<string> All => [.. Names("*.pcap*")];

    public static TheoryData<string> Plain =>
        [.. Names("*.pcap*").Where(n => !n.EndsWith(".gz", StringComparison.Ordinal))];

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    private static IEnumerable<string> Names(string pattern) =>
        Directory.GetFiles(Folder, pattern).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);
}
