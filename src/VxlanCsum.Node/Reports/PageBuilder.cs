using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Offloads;
using VxlanCsum.Reports;

using static VxlanCsum.Reports.ReportText;

namespace VxlanCsum.Node.Reports;

/// <summary>Lays a report out as a page.</summary>
internal static class PageBuilder
{
    private const int Rows = 200, Detailed = 12, EvidenceLines = 100;

    public static Page Build(ReportHeader header, ReportDigest digest, string css, string cssHash)
    {
        ReportVerdict verdict = ReportVerdict.Of(digest);
        (string lead, string rest) = FirstSentence(Markup(verdict.Explanation));
        return new Page
        {
            Title = Markup(header.Title),
            Version = Markup(header.Version),
            Origin = Markup(header.Origin),
            Created = TimeForPeople(header.Created),
            CreatedMachine = Time(header.Created),
            Css = css,
            CssHash = cssHash,
            LevelClass = Class(verdict.Level),
            LevelWord = ReportVerdict.Word(verdict.Level),
            Headline = Markup(verdict.Headline),
            Count = Markup(verdict.Count),
            Lead = lead,
            Explanation = rest,
            Advice = Markup(verdict.Advice),
            Tally = [.. Enum.GetValues<ReportLevel>().OrderDescending()
                .Select(l => new PageTally(Class(l), ReportVerdict.Word(l), Grouped(digest.Count(l)),
                    digest.Count(l)))],
            Charts = Charts.Of(digest),
            Sections = [.. Enum.GetValues<ReportKind>().Select(k => Section(k, digest.Of(k), digest.Count(k), verdict))
                .OfType<PageSection>()],
        };
    }

    private static string Class(ReportLevel level) => level switch
    {
        ReportLevel.Fault => "fault",
        ReportLevel.AtRisk => "risk",
        ReportLevel.Undecided => "undecided",
        _ => "healthy",
    };

    private static PageSection? Section(ReportKind kind, IReadOnlyList<ReportItem> items, long all,
        ReportVerdict verdict)
    {
        if (items.Count == 0)
        {
            return null;
        }

        string id = Words(kind.ToString()).ToLowerInvariant().Replace(' ', '-');
        ReportItem[] rows = [.. items.Take(Rows)];
        ReportItem[] detailed = [
            .. rows.Where(
                static i => i.Level != ReportLevel.Healthy || i.Walk is not null || i.Change is not null
                    || i.Kind == ReportKind.Diagnosis).Take(Detailed)];
        bool isOfNodes = items.Any(static i => i.Node is not null && i.Node != i.Subject);
        long more = Math.Max(all, items.Count) - rows.Length;
        string Link(ReportItem item) => Array.IndexOf(detailed, item) is >= 0 and var index ? $"{id}-{index + 1}" : "";
        return new PageSection
        {
            Id = id,
            Title = ReportSections.Title(kind),
            SubjectTitle = ReportSections.Subject(kind),
            Rows = [.. rows.Select(i => Row(i, isOfNodes, Link(i)))],
            Details = [.. detailed.Select(i => Detail(i, Link(i), verdict))],
            More = more == 0 ? ""
                : $"The gravest {rows.Length} are shown; {Count(more, "more is", "more are")} not. Export as Csv or "
                    + $"Json holds all.",
        };
    }

    private static PageRow Row(ReportItem item, bool isOfNodes, string link) => new(
        Class(item.Level),
        ReportVerdict.Word(item.Level),
        isOfNodes ? Markup(item.Node ?? "") : "",
        Markup(item.Subject),
        Markup(item.Verdict) + (item is { Confidence: { } confidence, Level: ReportLevel.Fault }
            ? $", {Percent(confidence)} sure" : ""),
        item.Kind == ReportKind.NodeRisk ? Markup(item.Explanation) : "",
        item.From is { } from ? TimeForPeople(from)[..^4] : "",
        item.Counts is { } bad ? Grouped(bad.Bad) : "",
        item.Counts is { } counts ? Grouped(counts.Packets) : "",
        link);

    private static PageDetail Detail(ReportItem item, string id, ReportVerdict verdict)
    {
        // What the page said on top is not said again.
        bool isSaid = item.Explanation == verdict.Explanation && item.Advice == verdict.Advice;
        return new PageDetail
        {
            Id = id,
            Title = Markup(Title(item)),
            Class = Class(item.Level),
            Word = ReportVerdict.Word(item.Level),
            Verdict = Markup(item.Verdict) + (item.From is { } from ? $" · {TimeForPeople(from)}" : ""),
            Explanation = isSaid ? "" : Markup(item.Explanation),
            Advice = isSaid || item.Level == ReportLevel.Healthy ? "" : Markup(item.Advice),
            Facts = [.. Facts(item)],
            EvidenceTitle = $"Evidence: {Count(item.Evidence.Count, "fact", "facts")}",
            Evidence = [.. Evidence(item)],
            Lanes = WalkLanes.Of(item.Walk),
            WalkText = item.Walk is { Steps.Count: 0 } walk ? Lines(walk.Text.Split('\n').Take(400)) : "",
            IsChange = item.Change is not null,
            Commands = Lines(item.Change?.Commands ?? []),
            Before = [.. (item.Change?.Before ?? []).Select(Markup)],
            After = [.. (item.Change?.After ?? []).Select(Markup)],
        };
    }

    private static string Title(ReportItem item) =>
        item.Node is null || item.Node == item.Subject ? item.Subject : $"{item.Node}: {item.Subject}";

    private static IEnumerable<PageFact> Facts(ReportItem item)
    {
        IEnumerable<ReportFact> facts = item.Facts;
        if (item.Sources.Count > 0 && !item.Sources.SequenceEqual([item.Subject]))
        {
            facts = facts.Append(new ReportFact("Captures", string.Join(", ", item.Sources.Take(8))));
        }

        return facts.Select(static f => new PageFact(Markup(Words(f.Name)), Markup(f.Value)));
    }

    private static IEnumerable<PageEvidence> Evidence(ReportItem item)
    {
        IEnumerable<PageEvidence> shown = item.Evidence.Take(EvidenceLines)
            .Select(e => new PageEvidence(Markup(Place(item.Kind, e)), Markup(e.Text)));
        int more = item.Evidence.Count - EvidenceLines;
        return more > 0 ? shown.Append(new PageEvidence("", $"and {Grouped(more)} more")) : shown;
    }

    /// <summary>Findings say how grave they are; elsewhere the item does.</summary>
    private static string Place(ReportKind kind, ReportEvidence evidence) =>
        kind == ReportKind.Diagnosis && evidence.Label != "Evidence"
        ? $"{Words(evidence.Label)}{(evidence.Place is null ? "" : $", {Words(evidence.Place).ToLowerInvariant()}")}:"
        : kind == ReportKind.Diagnosis ? "" : evidence.Place ?? "";

    private static (string First, string Others) FirstSentence(string text)
    {
        for (int end = text.IndexOf(". ", StringComparison.Ordinal); end
            > 0; end = text.IndexOf(". ", end + 1, StringComparison.Ordinal))
        {
            if (end + 2 < text.Length && char.IsUpper(text[end + 2]))
            {
                return (text[..(end + 1)], text[(end + 2)..]);
            }
        }

        return (text, "");
    }

    private static string Lines(IEnumerable<string> lines) =>
        string.Join('\n', lines.Select(static l => Markup(l.TrimEnd('\r')))).TrimEnd();
}
