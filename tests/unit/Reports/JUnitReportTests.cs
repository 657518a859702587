using System.Xml.Linq;
using VxlanCsum.Clusters;
using VxlanCsum.Reports;
using Xunit;

namespace VxlanCsum.UnitTests.Reports;

public sealed class JUnitReportTests
{
    [Fact]
    public void FaultsAndRisksFailAndWhatIsUndecidedIsAnError()
    {
        XElement suite = Suite(
            Writing.JUnit([.. Enum.GetValues<ReportLevel>().Select(static level => Writing.Tunnel(level))]));
        Assert.Equal(("5", "2", "1", "0"),
            (Attribute(suite, "tests"), Attribute(suite, "failures"), Attribute(suite, "errors"),
                Attribute(suite, "skipped")));
        Assert.Equal([0, 0, 1, 1, 1], suite.Elements("testcase").Select(static c => c.Elements().Count()));
        Assert.Equal(["error", "failure", "failure"],
            suite.Elements("testcase").Elements().Select(static e => e.Name.LocalName));
        Assert.Equal("NatLocalChecksum", Attribute(suite.Elements("testcase").Last().Element("failure")!, "type"));
    }

    [Fact]
    public void NothingIsNoSuccess()
    {
        XElement suite = Suite(Writing.JUnit());
        Assert.Equal(("1", "1"), (Attribute(suite, "tests"), Attribute(suite, "errors")));
        Assert.NotNull(suite.Element("testcase")!.Element("error"));
    }

    [Fact]
    public void HostileTextStaysText()
    {
        XElement suite = Suite(Writing.JUnit(Hostile.Items()));
        Assert.Equal(Hostile.Items().Length, suite.Elements().Count());
        Assert.Equal(["failure", "testcase", "testsuite"],
            suite.DescendantsAndSelf().Select(static e => e.Name.LocalName).Distinct().Order());
        Assert.All(suite.Descendants("failure"),
            static failure => Assert.Contains("<script>window.owned=1</script>", failure.Value,
                StringComparison.Ordinal));
    }

    // The reader refuses what XML 1.0 does not allow.
    private static XElement Suite(string xml) => XDocument.Parse(xml).Root!.Element("testsuite")!;

    private static string? Attribute(XElement element, string name) => element.Attribute(name)?.Value;
}
