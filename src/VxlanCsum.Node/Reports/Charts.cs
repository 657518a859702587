using System.Globalization;
using VxlanCsum.Reports;
using static VxlanCsum.Reports.ReportText;

namespace VxlanCsum.Node.Reports;

/// <summary>The charts of a report, where there is something to compare. Bars are rows of the page, so that their
/// names wrap as text does and the chart is whole on a telephone.</summary>
internal static class Charts
{
    private const int MostBars = 12, Columns = 48;

    private static readonly (string Class, string Text, Func<ReportCounts, long> Count)[] s_verdicts =
    [
        ("c-bad", "wrong", static c => c.Bad),
        ("c-unverified", "not verifiable", static c => c.Unverified),
        ("c-pending", "unfinished by offloading, innocent", static c => c.Pending),
        ("c-right", "right", static c => c.Right),
    ];

    private static readonly string[] s_risks = ["likely", "unknown", "possible", "low"];

    public static IReadOnlyList<PageChart> Of(ReportDigest digest) =>
        [.. ((PageChart?[])[BeforeAndAfter(digest), OverTime(digest.Intervals), ByTunnel(digest.Of(ReportKind.Tunnel)),
            ByKernel(digest)]).OfType<PageChart>()];

    private static PageChart? BeforeAndAfter(ReportDigest digest)
    {
        if (digest.Change is not var (before, after))
        {
            return null;
        }

        return Bars("chart-change", "Before and after the mitigation",
            "Packets by what their checksums are, before the mitigation and after it.",
            [new Bar("Before", $"{Share(before)} wrong", Captures(digest, "before "), before),
                new Bar("After", $"{Share(after)} wrong", Captures(digest, "after "), after)]);
    }

    /// <summary>What was seen in a phase: the names of its captures.</summary>
    private static string Captures(ReportDigest digest, string phase)
    {
        string[] names = [.. ((ReportKind[])[ReportKind.Tunnel, ReportKind.Capture]).SelectMany(digest.Of)
            .Where(i => i.Phase.StartsWith(phase, StringComparison.Ordinal)).SelectMany(static i => i.Sources)
            .Select(FileName).Distinct()];
        return Some(names, 3);
    }

    private static PageChart? ByTunnel(IReadOnlyList<ReportItem> items)
    {
        var tunnels = items.Where(static i => i.Counts is { Packets: > 0 })
            .GroupBy(static i => (i.Node, i.Subject, i.Verdict, i.Phase,
                Captures: Some([.. i.Sources.Select(FileName)], 2)))
            .Select(static g => (
                g.Key,
                Level: g.Max(static i => i.Level),
                Counts: g.Aggregate(default(ReportCounts), static (sum, i) => sum + i.Counts!.Value)))
            .OrderByDescending(static t => t.Level).ThenByDescending(static t => t.Counts.BadShare)
            .ToArray();
        if (tunnels.Length == 0)
        {
            return null;
        }

        string more = tunnels.Length > MostBars ? $" The {MostBars} gravest of {Grouped(tunnels.Length)} are shown."
            : "";
        return Bars("chart-tunnels", "Causes by tunnel direction",
            $"Packets of each direction by what their checksums are, and the cause that explains them.{more}",
            [.. tunnels.Take(MostBars).Select(static t => new Bar(
                t.Key.Node is null ? t.Key.Subject : $"{t.Key.Node}: {t.Key.Subject}",
                $"{t.Key.Verdict}, {Share(t.Counts)} wrong",
                string.Join(", ", ((string[])[t.Key.Phase, t.Key.Captures]).Where(static s => s.Length > 0)),
                t.Counts))]);
    }

    private static PageChart? ByKernel(ReportDigest digest)
    {
        var kernels = digest.Groups.GroupBy(static g => g.Key.Group)
            .Select(static g =>
            {
                long Of(NodeRiskLevel risk) => g.Where(k => k.Key.Verdict == risk.ToString()).Sum(static k => k.Value);
                return (Kernel: g.Key,
                    Nodes: new ReportCounts(Of(NodeRiskLevel.Low), Of(NodeRiskLevel.Possible),
                        Of(NodeRiskLevel.Unknown), Of(NodeRiskLevel.Likely)));
            })
            .Where(static k => k.Nodes.Packets > 0)
            .OrderByDescending(static k => k.Nodes.Bad).ThenByDescending(static k => k.Nodes.Packets)
            .ThenBy(static k => k.Kernel, StringComparer.Ordinal)
            .ToArray();
        if (digest.Count(ReportKind.NodeRisk) < 2 || kernels.Length == 0)
        {
            return null;
        }

        string more = kernels.Length > MostBars ? $" {MostBars} kernels of {Grouped(kernels.Length)} are shown." : "";
        return Bars("chart-kernels", "Nodes by kernel",
            $"How likely the fault is on the nodes of each kernel, as far as the cluster tells. Only a diagnosis "
            + $"decides.{more}",
            [.. kernels.Take(MostBars)
                .Select(static k => new Bar(k.Kernel, $"{Share(k.Nodes)} likely", "", k.Nodes))], s_risks);
    }

    private static PageChart? OverTime(IReadOnlyList<VerdictInterval> intervals)
    {
        if (intervals.Count < 2)
        {
            return null;
        }

        DateTime from = intervals.Min(static i => i.From), until = intervals.Max(static i => i.Until);
        long span = Math.Max(1, (until - from).Ticks), width = Math.Max(1, span / Columns);
        var columns = new ReportCounts[Columns + 1];
        foreach (VerdictInterval interval in intervals)
        {
            long middle = (interval.From - from).Ticks + ((interval.Until - interval.From).Ticks / 2);
            columns[Math.Clamp(middle / width, 0, Columns)] += new ReportCounts(interval.Right, interval.Pending,
                interval.Unverified, interval.Bad);
        }

        ReportCounts all = columns.Aggregate(static (sum, c) => sum + c);
        int worst = Enumerable.Range(0, columns.Length).MaxBy(i => columns[i].BadShare);
        string most = columns[worst].Bad > 0
            ? $" Most were wrong about {TimeForPeople(from.AddTicks(width * worst))}: {Share(columns[worst])}." : "";
        return new PageChart
        {
            Id = "chart-time",
            Title = "Verdicts over time",
            Caption = $"Share of packets by what their checksums are, from {TimeForPeople(from)} to "
                + $"{TimeForPeople(until)}. Wrong in all: {Share(all)}.{most}",
            Legend = Legend(all),
            Columns = new PageColumns(Number(columns.Length), Clock(from, span), Clock(from.AddTicks(span / 2), span),
                Clock(until, span),
                [.. columns.SelectMany(static (c, i) => Stack(c).Select(s => new PageShape(s.Class, Number(i),
                    Digits(100 - s.End), "0.9", Digits(s.End - s.Begin))))]),
        };
    }

    private static string Clock(DateTime time, long span) => time.ToString(
        span > TimeSpan.TicksPerDay ? "MM-dd HH:mm"
        : span > 10 * TimeSpan.TicksPerMinute ? "HH:mm"
        : span > 4 * TimeSpan.TicksPerSecond ? "HH:mm:ss" : "ss.fff", CultureInfo.InvariantCulture);

    private static PageChart Bars(string id, string title, string caption, Bar[] bars, string[]? legend = null) => new()
    {
        Id = id,
        Title = title,
        Caption = Markup(caption),
        Legend = Legend(bars.Aggregate(default(ReportCounts), static (sum, b) => sum + b.Counts), legend),
        Bars = [.. bars.Select(static b => new PageBar(Markup(b.Label), Markup(b.Says), Markup(b.Of),
            [.. Stack(b.Counts).Select(static s => new PageShape(s.Class, Digits(s.Begin), "0",
                Digits(s.End - s.Begin), "1"))]))],
    };

    private static PageColour[] Legend(ReportCounts all, string[]? legend = null) =>
        [.. s_verdicts.Select((v, i) => (v.Class, Text: legend?[i] ?? v.Text, Any: v.Count(all) > 0))
            .Where(static v => v.Any).Select(static v => new PageColour(v.Class, v.Text))];

    /// <summary>Where each verdict's share begins and ends, in parts of a hundred; those that are there.</summary>
    private static IEnumerable<(string Class, double Begin, double End)> Stack(ReportCounts counts)
    {
        long seen = 0;
        foreach ((string name, string _, Func<ReportCounts, long> count) in s_verdicts)
        {
            long more = count(counts);
            if (more > 0)
            {
                yield return (name, 100.0 * seen / counts.Packets, 100.0 * (seen + more) / counts.Packets);
            }

            seen += more;
        }
    }

    private static string Digits(double number) => number.ToString("0.####", CultureInfo.InvariantCulture);

    private static string Some(string[] names, int most) => names.Length <= most ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(most))} and {Grouped(names.Length - most)} more";

    private static string Share(ReportCounts counts) => $"{Grouped(counts.Bad)} of {Grouped(counts.Packets)}";

    private sealed record Bar(string Label, string Says, string Of, ReportCounts Counts);
}
