using System.ComponentModel;
using System.Diagnostics;
using VxlanCsum.Clusters;
using VxlanCsum.Reports;
using Xunit;

namespace VxlanCsum.UnitTests.Reports;

public sealed class PrometheusReportTests
{
    [Fact]
    public void PromtoolFindsNothingToSay()
    {
        AssertValid(Writing.Prometheus(Writing.Tunnel(ReportLevel.Fault, "node7"), Writing.Receipt(true)));
        AssertValid(Writing.Prometheus(Hostile.Items()));
        AssertValid(Writing.Prometheus());
    }

    [Fact]
    public void PromtoolWouldFindSomething() =>
    Assert.NotEqual("", Promtool("# HELP x y\n# TYPE x gauge\nx{a=\"1\n\"} 1\n"));

    [Fact]
    public void HostileTextIsOneLabel()
    {
        string[] lines = Writing.Prometheus(Hostile.Items()).TrimEnd('\n').Split('\n');
        Assert.All(lines, static line => Assert.Matches("^(# (HELP|TYPE) )?vxlancsum_", line));
        Assert.DoesNotContain(lines, static line => line.Any(char.IsControl));
    }

    [Fact]
    public void ASeriesIsThereOnceWithItsLastValue()
    {
        string text = Writing.Prometheus(Writing.Tunnel(ReportLevel.Fault), Writing.Tunnel(ReportLevel.Healthy));
        Assert.Equal("vxlancsum_level{kind=\"Tunnel\",subject=\"Vxlan 10.0.10.14 -> 10.0.10.10\",source=\"a.pcap\"} 0",
            Assert.Single(text.Split('\n'),
                static line => line.StartsWith("vxlancsum_level{", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(ReportLevel.Healthy, DiagnosisVerdict.Healthy)]
    [InlineData(ReportLevel.AtRisk, DiagnosisVerdict.AtRisk)]
    [InlineData(ReportLevel.Fault, DiagnosisVerdict.FaultActive)]
    [InlineData(ReportLevel.Undecided, DiagnosisVerdict.Undecided)]
    public void LevelsAreTheExitCodesOfADiagnosis(object level, DiagnosisVerdict verdict) =>
        Assert.Contains($"\nvxlancsum_report_level {(int)verdict}\n",
            Writing.Prometheus(Writing.Tunnel((ReportLevel)level)), StringComparison.Ordinal);

    [Fact]
    public void CauseAndGenerationsOfTheLastReportAreSeries()
    {
        ReportItem first = Writing.Tunnel(
            ReportLevel.Fault) with
        { Facts = [new("Cause", "NatZeroChecksum"), new("Generation", "G0, NftGen1")] };
        string text = Writing.Prometheus(first with { Facts = [new("Cause", "Corrupted"), new("Generation", "G1")] },
            first);
        AssertValid(text);
        string[] lines = [.. text.Split('\n')
            .Where(static l => l.StartsWith("vxlancsum_cause{", StringComparison.Ordinal)
                || l.StartsWith("vxlancsum_rule_generation{", StringComparison.Ordinal))];
        Assert.Equal(3, lines.Length);
        Assert.Contains(lines, static l => l.EndsWith("cause=\"NatZeroChecksum\"} 1", StringComparison.Ordinal));
        Assert.Contains(lines, static l => l.EndsWith("generation=\"G0\"} 1", StringComparison.Ordinal));
        Assert.Contains(lines, static l => l.EndsWith("generation=\"NftGen1\"} 1", StringComparison.Ordinal));
        Assert.DoesNotContain("vxlancsum_cause", Writing.Prometheus(first, Writing.Tunnel(ReportLevel.Healthy)),
            StringComparison.Ordinal);
    }

    private static void AssertValid(string text) => Assert.Equal("", Promtool(text));

    /// <summary>What promtool complains about.</summary>
    private static string Promtool(string text)
    {
        ProcessStartInfo start = new("promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Write(text);
            process.StandardInput.Close();
            string said = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? said : $"{process.ExitCode}: {said}";
        }
        catch (Win32Exception)
        {
            Assert.Skip("promtool is not installed: apt install prometheus");
            throw;
        }
    }
}
