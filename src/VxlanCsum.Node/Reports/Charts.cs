using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Reports;
using static VxlanCsum.Reports.ReportText;

namespace VxlanCsum.Node.Reports;

/// <summary>The charts of a report, where there is something to compare.</summary>
internal static class Charts
{
    private const int Width = 760, MostBars = 12, Columns = 48, LongestLabel = 46;

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

        (string, ReportCounts)[] bars = [("Before", before), ("After", after)];
        string caption = $"Wrong before the mitigation: {Share(before)}. After it: {Share(after)}.";
        return Bars("chart-change", "Before and after the mitigation", caption, bars);
    }

    private static PageChart? ByTunnel(IReadOnlyList<ReportItem> items)
    {
        var tunnels = items.Where(static i => i.Counts is { Packets: > 0 })
            .GroupBy(static i => (i.Node, i.Subject, i.Verdict))
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

        (string, ReportCounts)[] bars = [.. tunnels.Take(MostBars).Select(static t => (
            $"{Cut(t.Key.Node is null ? t.Key.Subject : $"{t.Key.Node}: {t.Key.Subject}")}\n{Cut($"{t.Key.Verdict}, "
                + $"{Share(t.Counts)}")}", t.Counts))];
        string more = tunnels.Length > MostBars ? $" The {MostBars} gravest of {Grouped(tunnels.Length)} are shown."
            : "";
        return Bars("chart-tunnels", "Causes by tunnel direction",
            $"Packets of each direction by what their checksums are, and the cause that explains them.{more}", bars);
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

        (string, ReportCounts)[] bars = [
            .. kernels.Take(MostBars).Select(
                static k => ($"{Cut(k.Kernel)}\n{Cut($"{Share(k.Nodes)} likely")}", k.Nodes))];
        string more = kernels.Length > MostBars ? $" {MostBars} kernels of {Grouped(kernels.Length)} are shown." : "";
        return Bars("chart-kernels", "Nodes by kernel",
            $"How likely the fault is on the nodes of each kernel, as far as the cluster tells. Only a diagnosis "
            + $"decides.{more}", bars, s_risks);
    }

    private static string TimeFormat(long span) => span > TimeSpan.TicksPerDay ? "MM-dd HH:mm"
        : span > 10 * TimeSpan.TicksPerMinute ? "HH:mm"
        : span > 4 * TimeSpan.TicksPerSecond ? "HH:mm:ss" : "ss.fff";

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

        PlotModel plot = Plot();
        plot.Axes.Add(ShareAxis(AxisPosition.Left));
        plot.Axes.Add(new DateTimeAxis
        {
            Position = AxisPosition.Bottom,
            StringFormat = TimeFormat(span),
            Minimum = DateTimeAxis.ToDouble(from),
            Maximum = DateTimeAxis.ToDouble(from.AddTicks(width * (Columns + 1))),
            TickStyle = TickStyle.None,
            AxisTickToLabelDistance = 8,
            MinimumMajorIntervalCount = 3,
        });
        RectangleBarSeries[] series = [
            .. s_verdicts.Select(
                static v => new RectangleBarSeries { FillColor = ChartSvg.Colour(v.Class), StrokeThickness = 0 })];
        for (int i = 0; i < columns.Length; i++)
        {
            double left = DateTimeAxis.ToDouble(from.AddTicks(width * i)),
                right = DateTimeAxis.ToDouble(from.AddTicks((width * i) + (width * 9 / 10)));
            double at = 0;
            for (int v = 0; v < s_verdicts.Length; v++)
            {
                double share = columns[i].Packets == 0 ? 0
                    : 100.0 * s_verdicts[v].Count(columns[i]) / columns[i].Packets;
                if (share > 0)
                {
                    series[v].Items.Add(new RectangleBarItem(left, at, right, at + share));
                }

                at += share;
            }
        }

        Array.ForEach(series, plot.Series.Add);
        ReportCounts all = columns.Aggregate(static (sum, c) => sum + c);
        int worst = Enumerable.Range(0, columns.Length).MaxBy(i => columns[i].BadShare);
        string most = columns[worst].Bad > 0
            ? $" Most were wrong about {TimeForPeople(from.AddTicks(width * worst))}: {Share(columns[worst])}." : "";
        return Chart("chart-time", "Verdicts over time",
            $"Share of packets by what their checksums are, from {TimeForPeople(from)} to {TimeForPeople(until)}. "
            + $"Wrong in all: {Share(all)}.{most}", plot, 220, all);
    }

    private static PageChart Bars(string id, string title, string caption, (string Label, ReportCounts Counts)[] bars,
        string[]? legend = null)
    {
        PlotModel plot = Plot();
        CategoryAxis labels = new()
        {
            Position = AxisPosition.Left,
            StartPosition = 1,
            EndPosition = 0,
            TickStyle = TickStyle.None,
            GapWidth = 0.9,
            FontSize = 19,
            AxisTickToLabelDistance = 8
        };
        plot.Axes.Add(labels);
        plot.Axes.Add(ShareAxis(AxisPosition.Bottom));
        labels.Labels.AddRange(bars.Select(static b => string.Join('\n', b.Label.Split('\n').Select(Markup))));
        foreach ((string name, string _, Func<ReportCounts, long> count) in s_verdicts)
        {
            BarSeries series = new() { IsStacked = true, FillColor = ChartSvg.Colour(name), StrokeThickness = 0 };
            series.Items.AddRange(
                bars.Select(b => new BarItem(b.Counts.Packets == 0 ? 0 : 100.0 * count(b.Counts) / b.Counts.Packets)));
            plot.Series.Add(series);
        }

        string description = string.Join("; ", bars.Select(b => legend is not null ? InLine(b.Label)
            : b.Label.Contains('\n', StringComparison.Ordinal) ? $"{InLine(b.Label)} wrong"
                : $"{b.Label}: {Share(b.Counts)} wrong"));
        return Chart(id, title, caption, plot,
            48 + ((bars[0].Label.Contains('\n', StringComparison.Ordinal) ? 54 : 42) * bars.Length),
            bars.Aggregate(default(ReportCounts), static (sum, b) => sum + b.Counts), description, legend);
    }

    private static PageChart Chart(string id, string title, string caption, PlotModel plot, int height,
        ReportCounts all, string? description = null, string[]? legend = null) =>
        new(id, title, Markup(caption), ChartSvg.Draw(plot, Width, height, id, title, Markup(description ?? caption)),
            [.. s_verdicts.Select((v, i) => (v.Class, Text: legend?[i] ?? v.Text, Any: v.Count(all) > 0))
                .Where(static v => v.Any).Select(static v => new PageColour(v.Class, v.Text))]);

    private static PlotModel Plot() => new()
    {
        Culture = System.Globalization.CultureInfo.InvariantCulture,
        // Measured larger than it is drawn (12 px in report.css): the reader's font is not known, and may be wider.
        DefaultFont = "Arial",
        DefaultFontSize = 17,
        PlotAreaBorderThickness = new OxyThickness(0),
    };

    private static LinearAxis ShareAxis(AxisPosition position) => new()
    {
        Position = position,
        Minimum = 0,
        Maximum = 100,
        MajorStep = 25,
        MaximumPadding = 0,
        TickStyle = TickStyle.None,
        MajorGridlineStyle = LineStyle.Solid,
        MajorGridlineThickness = 1,
        MajorGridlineColor = ChartSvg.Colour("grid"),
        StringFormat = "0' %'",
    };

    private static string InLine(string label) => label.Replace("\n", ": ", StringComparison.Ordinal);

    private static string Share(ReportCounts counts) => $"{Grouped(counts.Bad)} of {Grouped(counts.Packets)}";

    private static string Cut(string text) => text.Length <= LongestLabel ? text : text[..(LongestLabel - 1)] + "…";
}
