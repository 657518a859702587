using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Offloads;
using VxlanCsum.Reports;

using static VxlanCsum.Reports.ReportText;

namespace VxlanCsum.Node.Reports;

/// <summary>Lays a report out as a page.</summary>
internal static class PageBuilder
{
    private const int Rows = 200, Detailed = 12, EvidenceLines = 100;

    public static Page Build(ReportHeader header, ReportDigest digest, PageAsset css, PageAsset script)
    {
        ReportVerdict verdict = ReportVerdict.Of(digest);
        return new Page
        {
            Title = Markup(header.Title),
            Version = Markup(header.Version),
            Origin = Markup(header.Origin),
            Created = TimeForPeople(header.Created),
            CreatedMachine = Time(header.Created),
            Css = css.Text,
            CssHash = css.Hash,
            Script = script.Text,
            ScriptHash = script.Hash,
            LevelClass = ReportLevels.Class(verdict.Level),
            LevelWord = ReportLevels.Word(verdict.Level),
            Headline = Markup(verdict.Headline),
            Count = Markup(verdict.Count),
            Lead = Markup(verdict.Lead),
            Advice = Markup(verdict.FirstAdvice),
            Commands = Commands(verdict.Commands),
            Tally = [.. Enum.GetValues<ReportLevel>().OrderDescending().Where(l => digest.Count(l) > 0)
                .Select(l => new PageTally(ReportLevels.Class(l), ReportLevels.Word(l), Grouped(digest.Count(l)),
                    digest.Count(l)))],
            Charts = Charts.Of(digest),
            Sections = [.. Enum.GetValues<ReportKind>().Select(k => Section(k, digest.Of(k), digest.Count(k), verdict))
                .OfType<PageSection>()],
        };
    }

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
                static i => i.Level > ReportLevel.Low || i.Walk is not null || i.Change is not null
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
        ReportLevels.Class(item.Level),
        ReportLevels.Word(item.Level),
        isOfNodes ? Markup(item.Node ?? "") : "",
        Markup(item.Subject),
        Markup(item.Phase),
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
        bool isSaid = verdict.IsOf(item);
        return new PageDetail
        {
            Id = id,
            Title = Markup(Title(item)),
            Class = ReportLevels.Class(item.Level),
            Word = ReportLevels.Word(item.Level),
            Verdict = Markup(item.Verdict) + (item.From is { } from ? $" · {TimeForPeople(from)}" : "")
                + (item.Phase.Length > 0 ? $" · {Markup(item.Phase)}" : ""),
            Explanation = isSaid && verdict.Lead == verdict.Explanation ? "" : Markup(item.Explanation),
            Advice = item.Level <= ReportLevel.Low || (isSaid && verdict.FirstAdvice == item.Advice) ? ""
                : Markup(item.Advice),
            Commands = isSaid ? [] : Commands(item.Commands),
            Checks = Commands(item.Checks),
            Facts = [.. Facts(item)],
            EvidenceTitle = item.FurtherEvidence.Any() ? $"Evidence: {Count(item.FurtherEvidence.Count(), "fact", "facts")}"
                : "Check it again",
            Evidence = [.. Evidence(item)],
            Lanes = WalkLanes.Of(item.Walk),
            WalkText = item.Walk is { Steps.Count: 0 } walk ? Lines(walk.Text.Split('\n').Take(400)) : "",
            IsChange = item.Change is not null,
            Ran = item.Change is { Commands.Count: > 0 } change
                ? [new PageCommand("What was run:", Lines(change.Commands))] : [],
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
        IEnumerable<PageEvidence> shown = item.FurtherEvidence.Take(EvidenceLines)
            .Select(e => new PageEvidence(Markup(Place(item.Kind, e)), Markup(e.Text)));
        int more = item.FurtherEvidence.Count() - EvidenceLines;
        return more > 0 ? shown.Append(new PageEvidence("", $"and {Grouped(more)} more")) : shown;
    }

    /// <summary>Findings say how grave they are; elsewhere the item does.</summary>
    private static string Place(ReportKind kind, ReportEvidence evidence) =>
        kind == ReportKind.Diagnosis && evidence.Label != "Evidence"
        ? $"{Words(evidence.Label)}{(evidence.Place is null ? "" : $", {Words(evidence.Place).ToLowerInvariant()}")}:"
        : kind == ReportKind.Diagnosis ? "" : ReportItem.PlaceOf(evidence) is { Length: > 0 } place ? $"{place}:" : "";

    private static PageCommand[] Commands(IEnumerable<ReportCommand> commands) =>
        [.. commands.Select(static c => new PageCommand(Markup(c.Purpose), Markup(c.Text)))];

    private static string Lines(IEnumerable<string> lines) =>
        string.Join('\n', lines.Select(static l => Markup(l.TrimEnd('\r')))).TrimEnd();
}
