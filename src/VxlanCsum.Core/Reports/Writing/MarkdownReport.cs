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
        Paragraph(text, verdict.Lead);
        Paragraph(text, verdict.FirstAdvice.Length == 0 ? "" : $"What to do: {verdict.FirstAdvice}");
        Commands(text, verdict.Commands);
        foreach (ReportKind kind in Enum.GetValues<ReportKind>())
        {
            Section(text, kind, digest, verdict);
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

    private static void Section(StreamWriter text, ReportKind kind, ReportDigest digest, ReportVerdict verdict)
    {
        IReadOnlyList<ReportItem> items = digest.Of(kind);
        if (items.Count == 0)
        {
            return;
        }

        Table(text, kind, items);
        long more = Math.Max(digest.Count(kind), items.Count) - Math.Min(items.Count, Rows);
        if (more > 0)
        {
            text.WriteLine();
            text.WriteLine(
                $"The gravest {Rows} are shown; {ReportText.Count(more, "more is", "more are")} not. Csv and Json "
                + $"hold all.");
        }

        foreach (ReportItem item in items.Where(static i => i.Level > ReportLevel.Low || i.Change is not null)
            .Take(Detailed))
        {
            Detail(text, item, verdict);
        }
    }

    private static void Table(StreamWriter text, ReportKind kind, IReadOnlyList<ReportItem> items)
    {
        bool isCounted = items.Any(static i => i.Counts is not null),
            isOfNodes = items.Any(static i => i.Node is not null && i.Node != i.Subject);
        (string Head, string Rule, bool IsShown, Func<ReportItem, string> Cell)[] columns =
        [
            ("Level", "---", true, static i => ReportLevels.Word(i.Level)),
            ("Node", "---", isOfNodes, static i => Cell(i.Node ?? "")),
            (ReportSections.Subject(kind), "---", true, static i => Cell(i.Subject)),
            ("Before or after", "---", items.Any(static i => i.Phase.Length > 0), static i => Prose(i.Phase)),
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

    private static void Detail(StreamWriter text, ReportItem item, ReportVerdict verdict)
    {
        text.WriteLine();
        text.WriteLine(
            $"### {Code(item.Node is null || item.Node == item.Subject ? item.Subject : $"{item.Node}: "
                + $"{item.Subject}")}");
        // What stands on top is not said again.
        bool isSaid = verdict.IsOf(item);
        Paragraph(text, isSaid && verdict.Lead == verdict.Explanation ? "" : item.Explanation);
        Paragraph(text, item.Level <= ReportLevel.Low || (isSaid && verdict.FirstAdvice == item.Advice) ? ""
            : item.Advice);
        Commands(text, isSaid ? [] : item.Commands);
        List(text, item.Facts.Select(static f => $"{ReportText.Words(f.Name)}: {Code(f.Value)}"));
        Block(text, "text", item.Walk?.Text ?? "");
        Change(text, item.Change);
        List(text, item.FurtherEvidence.Select(static e => Prose(ReportItem.PlaceOf(e) is { Length: > 0 } place
            ? $"{place}: {e.Text}" : e.Text)));
        Commands(text, item.Checks);
    }

    private static void Commands(StreamWriter text, IEnumerable<ReportCommand> commands)
    {
        foreach (ReportCommand command in commands)
        {
            Paragraph(text, command.Purpose);
            Block(text, command.IsShell ? "sh" : "powershell", ReportText.Line(command.Text));
        }
    }

    private static void Change(StreamWriter text, ReportChange? change)
    {
        if (change is null)
        {
            return;
        }

        if (change.Commands.Count > 0)
        {
            Paragraph(text, "What was run:");
            Block(text, "sh", string.Join('\n', change.Commands.Select(ReportText.Line)));
        }

        foreach ((string name, IReadOnlyList<string> states) in
            (ReadOnlySpan<(string, IReadOnlyList<string>)>)[("Before", change.Before), ("After", change.After)])
        {
            List(text, states.Select(s => $"{name}: {Code(s)}"));
        }
    }

    /// <summary>Nothing acts inside of a code block; it ends only where its own fence stands.</summary>
    private static void Block(StreamWriter text, string language, string block)
    {
        string[] lines = [.. block.TrimEnd().Split('\n').Take(WalkLines)
            .Select(static l => ReportText.Line(l.TrimEnd('\r')))];
        if (lines is [""])
        {
            return;
        }

        string fence = new('`', Math.Max(3, lines.Max(LongestTicks) + 1));
        text.WriteLine();
        text.WriteLine(fence + language);
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
