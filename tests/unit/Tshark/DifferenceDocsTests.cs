using Xunit;

namespace VxlanCsum.UnitTests.Tshark;

public sealed class DifferenceDocsTests
{
    [Fact]
    public void EveryClassOfDifferenceIsAHeadingOfTheDocsAndEveryHeadingIsAClass()
    {
        string page = Path.Combine(TestData.Root, "docs", "verdicts-and-wireshark.md");
        string[] headings = [.. File.ReadLines(page).Where(l => l.StartsWith("### ", StringComparison.Ordinal))
            .Select(l => l[4..])];
        Assert.Equal(DifferenceClass.Names, headings);
    }
}
