using System.Text;
using static VxlanCsum.Reports.Writing.MarkdownText;

namespace VxlanCsum.Reports.Writing;

/// <summary>A report for a ticket: the verdict on top, then one table a kind, and the evidence of the gravest
/// items.</summary>
internal sealed class MarkdownReport(Stream stream, ReportHeader header) : ReportWriter
{
    private const int Rows = 50, Detailed = 10, EvidenceLines = 20, WalkLines = 60;

    public override void Add(ReportItem item)
    {
        // The verdict stands on top: everything waits for the digest.
    }

    public override void Complete(ReportDigest digest)
    {
        using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        ReportVerdict verdict = ReportVerdict.Of(digest);
        text.WriteLine($"# {Prose(header.Title)}");
        text.WriteLine();
        text.WriteLine($"**{Prose(verdict.Headline)}.** {Prose(verdict.Count)}");
        Paragraph(text, verdict.Explanation);
        Paragraph(text, verdict.Advice.Length == 0 ? "" : $"What to do: {verdict.Advice}");
        foreach (ReportKind kind in Enum.GetValues<ReportKind>())
        {
            Section(text, kind, digest.Of(kind), digest.Count(kind));
        }

        text.WriteLine();
        text.WriteLine(
            $"<sub>VxlanCsum {Prose(header.Version)} on {Code(header.Origin)}, "
            + $"{ReportText.TimeForPeople(header.Created)}</sub>");
    }

    private static void Paragraph(StreamWriter text, string paragraph)
    {
        if (paragraph.Length > 0)
        {
            text.WriteLine();
            text.WriteLine(Prose(paragraph));
        }
    }

    private static void Section(StreamWriter text, ReportKind kind, IReadOnlyList<ReportItem> items, long all)
    {
        if (items.Count == 0)
        {
            return;
        }

        Table(text, kind, items);
        long more = Math.Max(all, items.Count) - Math.Min(items.Count, Rows);
        if (more > 0)
        {
            text.WriteLine();
            text.WriteLine(
                $"The gravest {Rows} are shown; {ReportText.Count(more, "more is", "more are")} not. Csv and Json "
                + $"hold all.");
        }

        foreach (ReportItem item in items.Where(static i => i.Level != ReportLevel.Healthy || i.Change is not null)
            .Take(Detailed))
        {
            Detail(text, item);
        }
    }

    private static void Table(StreamWriter text, ReportKind kind, IReadOnlyList<ReportItem> items)
    {
        bool isCounted = items.Any(static i => i.Counts is not null),
            isOfNodes = items.Any(static i => i.Node is not null && i.Node != i.Subject);
        (string Head, string Rule, bool IsShown, Func<ReportItem, string> Cell)[] columns =
        [
            ("Level", "---", true, static i => ReportVerdict.Word(i.Level)),
            ("Node", "---", isOfNodes, static i => Cell(i.Node ?? "")),
            (ReportSections.Subject(kind), "---", true, static i => Cell(i.Subject)),
            ("Verdict", "---", true, static i => Prose(i.Verdict) + Sure(i)),
            ("Why", "---", kind == ReportKind.NodeRisk, static i => Prose(i.Explanation)),
            ("Bad", "---:", isCounted, static i => i.Counts is { } c ? ReportText.Grouped(c.Bad) : ""),
            ("Packets", "---:", isCounted, static i => i.Counts is { } c ? ReportText.Grouped(c.Packets) : ""),
        ];
        columns = Array.FindAll(columns, static c => c.IsShown);
        text.WriteLine();
        text.WriteLine($"## {ReportSections.Title(kind)}");
        text.WriteLine();
        Row(text, columns.Select(static c => c.Head));
        Row(text, columns.Select(static c => c.Rule));
        foreach (ReportItem item in items.Take(Rows))
        {
            Row(text, columns.Select(c => c.Cell(item)));
        }
    }

    private static void Row(StreamWriter text, IEnumerable<string> cells) =>
        text.WriteLine("|" + string.Concat(cells.Select(static c => c.Length == 0 ? " |" : $" {c} |")));

    private static string Sure(ReportItem item) => item is { Confidence: { } confidence, Level: ReportLevel.Fault }
        ? $" ({ReportText.Percent(confidence)})" : "";

    private static void Detail(StreamWriter text, ReportItem item)
    {
        text.WriteLine();
        text.WriteLine(
            $"### {Code(item.Node is null || item.Node == item.Subject ? item.Subject : $"{item.Node}: "
                + $"{item.Subject}")}");
        Paragraph(text, item.Explanation);
        Paragraph(text, item.Level == ReportLevel.Healthy ? "" : item.Advice);
        List(text, item.Facts.Select(static f => $"{ReportText.Words(f.Name)}: {Code(f.Value)}"));
        Block(text, item.Walk?.Text ?? "");
        List(text, item.Change?.Commands.Select(Code) ?? []);
        List(text, item.Evidence.Select(static e => Prose(e.Place is null ? e.Text : $"{e.Place}: {e.Text}")));
    }

    /// <summary>Nothing acts inside of a code block; it ends only where its own fence stands.</summary>
    private static void Block(StreamWriter text, string block)
    {
        string[] lines = [.. block.TrimEnd().Split('\n').Take(WalkLines)
            .Select(static l => ReportText.Line(l.TrimEnd('\r')))];
        if (lines is [""])
        {
            return;
        }

        string fence = new('`', Math.Max(3, lines.Max(LongestTicks) + 1));
        text.WriteLine();
        text.WriteLine(fence + "text");
        Array.ForEach(lines, text.WriteLine);
        text.WriteLine(fence);
    }

    private static void List(StreamWriter text, IEnumerable<string> lines)
    {
        string[] all = [.. lines.Where(static l => l.Length > 0)];
        if (all.Length > 0)
        {
            text.WriteLine();
        }

        foreach (string line in all.Take(EvidenceLines))
        {
            text.WriteLine($"- {line}");
        }

        if (all.Length > EvidenceLines)
        {
            text.WriteLine($"- and {ReportText.Grouped(all.Length - EvidenceLines)} more");
        }
    }
}
