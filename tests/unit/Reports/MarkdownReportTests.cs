using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using VxlanCsum.Clusters;
using VxlanCsum.Reports;
using VxlanCsum.Reports.Writing;
using Xunit;

namespace VxlanCsum.UnitTests.Reports;

public sealed class MarkdownReportTests
{
    private static readonly MarkdownPipeline s_pipeline = new MarkdownPipelineBuilder().UseAdvancedExtensions()
        .UseAutoLinks().Build();

    [Fact]
    public void TheVerdictIsOnTop()
    {
        string[] lines = Writing.Markdown(Writing.Tunnel(ReportLevel.Fault), Writing.Tunnel(ReportLevel.Healthy))
            .Split('\n');
        Assert.StartsWith("# ", lines[0], StringComparison.Ordinal);
        Assert.Equal("**Fault found: checksums are spoilt.** Of 2 items 1 shows a fault and 1 is healthy.", lines[2]);
        Assert.Contains("| Fault | `Vxlan 10.0.10.14 -> 10.0.10.10` | NatLocalChecksum (99.72 %) | 7 | 14 |", lines);
    }

    [Fact]
    public void HostileTextMakesNoMarkup()
    {
        string markdown = Writing.Markdown(Hostile.Items());
        MarkdownDocument document = Markdown.Parse(markdown, s_pipeline);
        Assert.Empty(document.Descendants<LinkInline>());
        Assert.Empty(document.Descendants<AutolinkInline>());
        Assert.Empty(document.Descendants<MathInline>());
        Assert.Empty(document.Descendants<HtmlBlock>());
        Assert.All(document.Descendants<HtmlInline>(),
            static html => Assert.Contains(html.Tag, (string[])["<!-- -->", "<sub>", "</sub>"]));
        Assert.DoesNotContain(markdown, static c => char.IsControl(c) && c != '\n');
        string outsideOfBlocks = Regex.Replace(markdown, "(?ms)^(`{3,})(text|sh|powershell)$.*?^\\1$", "");
        Assert.DoesNotMatch("(?<!`[^`\n]*)(@all|#1\\b|!2\\b|~label)",
            outsideOfBlocks.Replace("<!-- -->", "\u2063", StringComparison.Ordinal));
    }

    [Fact]
    public void HostileTextStaysInItsCell()
    {
        MarkdownDocument document = Markdown.Parse(Writing.Markdown(Hostile.Items()), s_pipeline);
        Table[] tables = [.. document.Descendants<Table>()];
        Assert.Equal(Enum.GetValues<ReportKind>().Length, tables.Length);
        Assert.All(tables,
            static table => Assert.All(table.Cast<TableRow>(),
                row => Assert.Equal(((TableRow)table[0]).Count, row.Count)));
        Assert.All(tables, static table => Assert.Equal(2, table.Count));
    }

    [Fact]
    public void AWalkIsABlockThatNothingLeaves()
    {
        ReportItem trace = Hostile.Item(ReportKind.Trace, ReportLevel.AtRisk,
            "x") with
        { Commands = [], Checks = [], Walk = new ReportWalk { Text = "nat\n````\n# owned\n<script>\u001b" } };
        MarkdownDocument document = Markdown.Parse(Writing.Markdown(trace), s_pipeline);
        FencedCodeBlock block = Assert.Single(document.Descendants<FencedCodeBlock>());
        Assert.Equal("nat\n````\n# owned\n<script>\\x1b", block.Lines.ToString());
        Assert.DoesNotContain(document.Descendants<HeadingBlock>(),
            static heading => heading.Inline!.FirstChild!.ToString() == "owned");
    }

    [Fact]
    public void CommandsAreBlocksThatAreReadyToCopy()
    {
        ReportItem item = Writing.Tunnel(ReportLevel.Fault) with
        {
            Commands = [new("On <node>:", "Get-Item '`' | Format-List")],
            Checks = [new("Look:", "tshark -r 'a b'", IsShell: true)],
        };
        FencedCodeBlock[] blocks = [.. Markdown.Parse(Writing.Markdown(item), s_pipeline)
            .Descendants<FencedCodeBlock>()];
        Assert.Equal([("powershell", "Get-Item '`' | Format-List"), ("sh", "tshark -r 'a b'")],
            blocks.Select(static b => (b.Info, b.Lines.ToString())));
    }

    [Theory]
    [InlineData("1. a", "1\\. a")]
    [InlineData("- a", "\\- a")]
    [InlineData("0.1.0", "0.1.0")]
    [InlineData("10.0.10.14 -> 10.0.10.10", "10.0.10.14 -\\> 10.0.10.10")]
    [InlineData("tunl_0 <b>", "tunl\\_0 \\<b\\>")]
    [InlineData("fd00::1", "fd00::1")]
    [InlineData("http://x", "http:<!-- -->//x")]
    public void ProseIsShownAsItIs(string text, string written) =>
    Assert.Equal(written, VxlanCsum.Reports.Writing.MarkdownText.Prose(text));

    [Theory]
    [InlineData("a", "`a`")]
    [InlineData("`", "`` ` ``")]
    [InlineData("a``b", "```a``b```")]
    public void CodeCannotBeLeft(string text, string written) =>
    Assert.Equal(written, VxlanCsum.Reports.Writing.MarkdownText.Code(text));
}
