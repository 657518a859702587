using System.Text;
using VxlanCsum.Clusters;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Reports;
using VxlanCsum.Reports.Writing;

namespace VxlanCsum.UnitTests.Reports;

/// <summary>Writes reports in memory.</summary>
internal static class Writing
{
    public static ReportHeader Header { get; } = new("Fault of " + Hostile.Text,
        new DateTime(2026, 10, 1, 13, 0, 0, DateTimeKind.Utc), "node7", "0.1.0");

    public static string Csv(params ReportItem[] items) => Write(static (stream, _) => new CsvReport(stream), items);

    public static string Json(params ReportItem[] items) =>
        Write(static (stream, header) => new JsonReport(stream, header), items);

    public static string JUnit(params ReportItem[] items) =>
        Write(static (stream, header) => new JUnitReport(stream, header), items);

    public static string Markdown(params ReportItem[] items) =>
        Write(static (stream, header) => new MarkdownReport(stream, header), items);

    public static string Prometheus(params ReportItem[] items) =>
        Write(static (stream, header) => new PrometheusReport(stream, header), items);

    public static ReportDigest Digest(params ReportItem[] items)
    {
        ReportDigest digest = new();
        foreach (ReportItem item in items)
        {
            digest.Add(item);
        }

        return digest;
    }

    public static ReportItem Tunnel(ReportLevel level, string? node = null) => new()
    {
        Kind = ReportKind.Tunnel,
        Subject = "Vxlan 10.0.10.14 -> 10.0.10.10",
        Node = node,
        Level = level,
        Verdict = level == ReportLevel.Fault ? "NatLocalChecksum" : "None",
        Explanation = "Why.",
        Advice = "Do this.",
        Confidence = 0.9972,
        Counts = new ReportCounts(7, 0, 0, level == ReportLevel.Fault ? 7 : 0),
        Sources = ["a.pcap"],
    };

    public static ReportItem Receipt(bool verified) => new()
    {
        Kind = ReportKind.Mitigation,
        Subject = "UnmarkTunnel",
        Level = verified ? ReportLevel.Healthy : ReportLevel.AtRisk,
        Verdict = verified ? "Verified" : "NotVerified",
        Change = new ReportChange { Changed = true, Verified = verified },
    };

    private static string Write(Func<Stream, ReportHeader, ReportWriter> make, ReportItem[] items)
    {
        using MemoryStream stream = new();
        using (ReportWriter writer = make(stream, Header))
        {
            Array.ForEach(items, writer.Add);
            writer.Complete(Digest(items));
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
