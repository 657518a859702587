using System.Text.RegularExpressions;
using Xunit;

namespace VxlanCsum.UnitTests.Docs;

/// <summary>Who is woken by an alert finds what it means: each has a link to its own part of docs/monitoring.md.</summary>
public sealed partial class MonitoringPageTests
{
    private static readonly string s_page = Read("docs", "monitoring.md");

    [Theory]
    [InlineData("deploy/prometheus/alerts.yaml")]
    [InlineData("deploy/kubernetes/overlays/monitors/rules.yaml")]
    public void EveryAlertIsExplainedWhereItsLinkLeads(string file)
    {
        string rules = Read(file.Split('/'));
        string[] alerts = [.. Alert().Matches(rules).Select(static m => m.Groups[1].Value)];
        Assert.True(alerts.Length >= 9, $"{alerts.Length} alerts");
        Assert.Equal(alerts.Select(static a => $"docs/monitoring.md#{a.ToLowerInvariant()}"),
            Link().Matches(rules).Select(static m => m.Groups[1].Value));

        // Every part says what to do, and there is none without an alert.
        string[] parts = s_page.Split("\n### ")[1..];
        Assert.Equal(alerts.Order(), parts.Select(static p => p.Split('\n')[0]).Order());
        Assert.All(parts, static part => Assert.Contains("\n1. ", part, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryMetricThatIsAskedForIsExplained()
    {
        string explained = s_page[..s_page.IndexOf("\n## Alerts", StringComparison.Ordinal)];
        string[] asked = [.. Metric().Matches(Read("deploy", "prometheus", "alerts.yaml")
            + Read("deploy", "grafana", "vxlancsum.json")).Select(static m => m.Value).Distinct()];
        Assert.Contains("vxlancsum_level", asked);
        Assert.All(asked, name => Assert.Contains(name.StartsWith("vxlancsum_cure_", StringComparison.Ordinal)
            ? name["vxlancsum_cure".Length..] : name, explained, StringComparison.Ordinal));
    }

    private static string Read(params string[] path) => File.ReadAllText(Path.Combine([TestData.Root, .. path]));

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"runbook_url: (\S+)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\b(vxlancsum|node_netstat)_[A-Za-z_]+\b")]
    private static partial Regex Metric();
}
