using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using VxlanCsum.Clusters;
using VxlanCsum.Reports;
using Xunit;

namespace VxlanCsum.UnitTests.Reports;

/// <summary>One level is the same word and the same number in every format, as an exit code, and in the docs.</summary>
public sealed class ReportLevelTests
{
    [Theory]
    [InlineData(ReportLevel.Healthy, "Healthy", "healthy", 0, DiagnosisVerdict.Healthy)]
    [InlineData(ReportLevel.AtRisk, "At risk", "atRisk", 1, DiagnosisVerdict.AtRisk)]
    [InlineData(ReportLevel.Fault, "Fault", "fault", 2, DiagnosisVerdict.FaultActive)]
    [InlineData(ReportLevel.Undecided, "Undecided", "undecided", 3, DiagnosisVerdict.Undecided)]
    [InlineData(ReportLevel.Low, "Low", "low", 4, null)]
    public void EveryFormatSaysTheSame(object given, string word, string json, int number, DiagnosisVerdict? exitCode)
    {
        var level = (ReportLevel)given;
        ReportItem item = Writing.Tunnel(level) with { Kind = ReportKind.NodeRisk, Subject = "n", Node = "n" };
        Assert.Equal(number, exitCode is { } code ? (int)code : number);
        Assert.DoesNotContain(Enum.GetValues<DiagnosisVerdict>(), v => v != exitCode && (int)v == number);

        string prometheus = Writing.Prometheus(item);
        Assert.Contains($"\nvxlancsum_report_level {number}\n", prometheus, StringComparison.Ordinal);
        Assert.Matches($"\nvxlancsum_level{{[^\n]*}} {number}\n", prometheus);
        Assert.Contains($"level=\"{level}\"}} 1\n", prometheus, StringComparison.Ordinal);
        Assert.Matches($"# HELP vxlancsum_level [^\n]*\\b{number} {word.ToLowerInvariant()}\\b", prometheus);
        Assert.Contains($"| {word} | `n` |", Writing.Markdown(item), StringComparison.Ordinal);
        Assert.Contains($"\"{level}\"", Writing.Csv(item).Split('\n')[1], StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(Writing.Json(item));
        Assert.Equal(json, document.RootElement.GetProperty("items")[0].GetProperty("level").GetString());
        Assert.Equal(1, document.RootElement.GetProperty("summary").GetProperty("levels").GetProperty(json).GetInt32());
        string page = HtmlReportTests.Write(item);
        Assert.Matches($"<td data-label=\"Level\"><span class=\"level [a-z]+\">{word}</span></td>", page);
        Assert.Contains($"<title>{word}: ", page, StringComparison.Ordinal);
        Assert.Equal(level is ReportLevel.Healthy or ReportLevel.Low,
            !Regex.IsMatch(Writing.JUnit(item), "<(failure|error) "));
    }

    [Fact]
    public void TheDocumentedTableIsThisOne()
    {
        string page = File.ReadAllText(Path.Combine(TestData.Root, "docs", "monitoring.md"));
        string[] rows = [.. Regex.Matches(page, "(?m)^\\| ([0-9]) \\| `?([A-Za-z]+)`? \\|")
            .Select(static m => $"{m.Groups[1].Value} {m.Groups[2].Value}")];
        Assert.Equal(
            Enum.GetValues<DiagnosisVerdict>().Select(static v => ((int)v, v.ToString())).Append((4, "Low"))
                .OrderBy(static r => r.Item1)
                .Select(static r => string.Create(CultureInfo.InvariantCulture, $"{r.Item1} {r.Item2}")), rows);
    }
}
