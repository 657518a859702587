using System.Globalization;
using Xunit;

namespace VxlanCsum.UnitTests.Architecture;

/// <summary>Lines that can be read side by side: CONTRIBUTING.md names both limits.</summary>
public sealed class LineLengthTests
{
    private const int Customary = 120, Longest = 160;

    private static readonly List<(string Place, int Length)> s_lines =
    [
        .. new[] { "src", "tests", "bench", "build" }
            .SelectMany(static folder => SourceTree.Files(Path.Combine(TestData.Root, folder)))
            .SelectMany(static file => File.ReadLines(file).Select((line, i) => (Place(file, i + 1), line.Length))),
    ];

    [Fact]
    public void No_line_is_longer_than_160_characters()
    {
        Assert.True(s_lines.Count > 10_000, $"{s_lines.Count} lines below {TestData.Root}");
        Assert.Equal([], Over(Longest));
    }

    [Fact]
    public void Fewer_than_one_line_in_a_hundred_is_longer_than_120_characters()
    {
        string[] over = Over(Customary);
        Assert.True(over.Length * 100 < s_lines.Count,
            $"{over.Length} of {s_lines.Count} lines:\n{string.Join('\n', over)}");
    }

    private static string[] Over(int length) =>
        [.. s_lines.Where(l => l.Length > length).Select(static l => $"{l.Place} has {l.Length} characters")];

    private static string Place(string file, int line) => string.Create(CultureInfo.InvariantCulture,
        $"{Path.GetRelativePath(TestData.Root, file)}:{line}");
}
