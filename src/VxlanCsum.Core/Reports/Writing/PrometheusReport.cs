using System.Globalization;
using System.Text;
using VxlanCsum.Text;
using static VxlanCsum.Text.PrometheusText;

namespace VxlanCsum.Reports.Writing;

/// <summary>
/// Gauges in Prometheus' text format, for the textfile collector. All samples of a metric must stand together, and each
/// set of labels once: so the series are kept to the end, and the last value of a series counts.
/// </summary>
internal sealed class PrometheusReport(Stream stream, ReportHeader header) : ReportWriter
{
    private const string CauseFact = nameof(NodeDiagnosis.Cause), GenerationFact = nameof(NetfilterRule.Generation);

    private readonly Dictionary<string, ReportLevel> _levels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReportCounts> _packets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _causes = new(StringComparer.Ordinal),
        _generations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _confidences = new(StringComparer.Ordinal);

    public override void Add(ReportItem item)
    {
        string labels = Labels(("kind", item.Kind.ToString()), ("node", item.Node), ("subject", item.Subject),
            ("source", string.Join(", ", item.Sources)));
        _levels[labels] = item.Level;
        if (item.Counts is { } counts)
        {
            _packets[labels] = counts;
        }

        // The last report of a node counts: what it no longer says is gone.
        foreach ((Dictionary<string, string> kept,
            string fact) in (ReadOnlySpan<(Dictionary<string, string>, string)>)[(_causes, CauseFact),
                (_generations, GenerationFact)])
        {
            kept.Remove(labels);
            if (item.Facts.FirstOrDefault(f => f.Name == fact)?.Value is { } value)
            {
                kept[labels] = value;
            }
        }

        if (item.Confidence is { } confidence)
        {
            _confidences[$"{labels},{Labels(("verdict", item.Verdict))}"] = confidence;
        }
    }

    public override void Complete(ReportDigest digest)
    {
        using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        Metric(text, "vxlancsum_report_level", $"Gravest level of the report: {ReportLevels.Scale}",
            [(string.Empty, Number(ReportLevels.Number(digest.Level)))]);
        Metric(text, "vxlancsum_report_timestamp_seconds", "When the report was made, in seconds since 1970.",
            [(string.Empty, Number(new DateTimeOffset(header.Created).ToUnixTimeSeconds()))]);
        Metric(text, "vxlancsum_report_items", "Items of the report by type and level.", Items(digest));
        Metric(text, "vxlancsum_level", $"Level of one item: {ReportLevels.Scale}",
            _levels.Select(static l => (l.Key, Number(ReportLevels.Number(l.Value)))));
        Metric(text, "vxlancsum_cause", "1 for the cause of one item's level.",
            _causes.Select(static c => ($"{c.Key},{Labels(("cause", c.Value))}", "1")));
        Metric(text, "vxlancsum_rule_generation",
            "1 for each generation of masquerading rules that a packet of the node came by (about_VxlanCsum_Causes).",
            _generations.SelectMany(
                static g => g.Value.Split(", ").Select(one => ($"{g.Key},{Labels(("generation", one))}", "1"))));
        Metric(text, "vxlancsum_packets", "Packets of one item by what their checksums are.",
            _packets.SelectMany(Packets));
        Metric(text, "vxlancsum_confidence_ratio", "How sure the verdict on one item is, 0 to 1.",
            _confidences.Select(static c => (c.Key, c.Value.ToString("R", CultureInfo.InvariantCulture))));
    }

    private static string Number(long number) => ReportText.Number(number);

    private static IEnumerable<(string Labels, string Value)> Items(ReportDigest digest) =>
        from kind in Enum.GetValues<ReportKind>()
        from level in Enum.GetValues<ReportLevel>()
        select (Labels(("kind", kind.ToString()), ("level", level.ToString())), Number(digest.Count(kind, level)));

    private static IEnumerable<(string Labels, string Value)> Packets(KeyValuePair<string, ReportCounts> item)
    {
        (string labels, ReportCounts counts) = item;
        yield return ($"{labels},status=\"right\"", Number(counts.Right));
        yield return ($"{labels},status=\"pending\"", Number(counts.Pending));
        yield return ($"{labels},status=\"unverified\"", Number(counts.Unverified));
        yield return ($"{labels},status=\"bad\"", Number(counts.Bad));
    }

    private static void Metric(StreamWriter text, string name, string help,
        IEnumerable<(string Labels, string Value)> samples) =>
        PrometheusText.Metric(text, name, "gauge", help, samples);
}
