using VxlanCsum.Clusters;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Reports;
using Xunit;

namespace VxlanCsum.UnitTests.Reports;

public sealed class CsvReportTests
{
    [Fact]
    public void EachItemIsOneLine()
    {
        List<string[]> rows = Read(
            Writing.Csv(Writing.Tunnel(ReportLevel.Fault, "node7"), Writing.Tunnel(ReportLevel.Healthy)));
        Assert.Equal(3, rows.Count);
        Dictionary<string, string> first = rows[0].Zip(rows[1]).ToDictionary(static p => p.First, static p => p.Second);
        Assert.Equal(("Tunnel", "node7", "Fault", "NatLocalChecksum", "14", "7", "0.9972"),
            (first["Kind"], first["Node"], first["Level"], first["Verdict"], first["Packets"], first["Bad"],
                first["Confidence"]));
    }

    [Fact]
    public void NoCellIsAFormula()
    {
        foreach (string formula in Hostile.Formulas)
        {
            List<string[]> rows = Read(Writing.Csv(Hostile.Item(ReportKind.Tunnel, ReportLevel.Fault, formula)));
            Assert.Equal(2, rows.Count);
            Assert.All(rows.SelectMany(static r => r).Where(static c => c.TrimStart().Length > 0), static cell =>
                Assert.DoesNotContain(cell.TrimStart()[0], "=+-@|%\t\r＝＋－＠"));
        }
    }

    [Fact]
    public void HostileTextStaysInItsCell()
    {
        string csv = Writing.Csv(Hostile.Items());
        List<string[]> rows = Read(csv);
        Assert.Equal(Hostile.Items().Length + 1, rows.Count);
        Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
        Assert.DoesNotContain(csv.Replace("\r\n", "", StringComparison.Ordinal), char.IsControl);
    }

    /// <summary>RFC 4180, independent of what writes it.</summary>
    private static List<string[]> Read(string csv)
    {
        List<string[]> rows = [];
        List<string> row = [];
        int at = 0;
        while (at < csv.Length)
        {
            string cell;
            if (csv[at] == '"')
            {
                int end = at + 1;
                while (csv[end] != '"' || (end + 1 < csv.Length && csv[end + 1] == '"'))
                {
                    end += csv[end] == '"' ? 2 : 1;
                }

                cell = csv[(at + 1)..end].Replace("\"\"", "\"", StringComparison.Ordinal);
                at = end + 1;
            }
            else
            {
                int end = csv.AsSpan(at).IndexOfAny(',', '\r') + at;
                cell = csv[at..end];
                at = end;
            }

            row.Add(cell);
            if (csv[at] == ',')
            {
                at++;
                continue;
            }

            Assert.Equal("\r\n", csv[at..(at + 2)]);
            at += 2;
            rows.Add([.. row]);
            row.Clear();
        }

        return rows;
    }
}
