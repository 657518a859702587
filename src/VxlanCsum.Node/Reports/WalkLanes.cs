using VxlanCsum.Reports;

using static VxlanCsum.Reports.ReportText;

namespace VxlanCsum.Node.Reports;

/// <summary>A packet's walk as a diagram: one lane a packet, the chains on it, and the rules in them as
/// stations.</summary>
internal static class WalkLanes
{
    private const int MostSteps = 300, Deepest = 4;

    public static IReadOnlyList<PageLane> Of(ReportWalk? walk)
    {
        if (walk is null || walk.Steps.Count == 0)
        {
            return [];
        }

        ReportStep[] inner = [.. walk.Steps.Where(static s => s.Pass != nameof(TracePass.Encapsulated))];
        ReportStep[] outer = [.. walk.Steps.Where(static s => s.Pass == nameof(TracePass.Encapsulated))];
        List<PageLane> lanes = [];
        if (inner.Length > 0)
        {
            lanes.Add(Lane("The service packet, on its way to the tunnel", inner, walk));
        }

        if (outer.Length > 0)
        {
            lanes.Add(Lane("The same packet inside of the tunnel's, on its way to the wire", outer, walk));
        }

        return lanes;
    }

    private static PageLane Lane(string title, ReportStep[] steps, ReportWalk walk)
    {
        // The first note of a pass describes its packet.
        string packet = steps[0] is { Chain: null, Rule: null } first ? first.Note : "";
        ReportStep[] shown = packet.Length > 0 ? steps[1..] : steps;
        PageStep[] rest = shown.Length > MostSteps
            ? [new("note", "", $"{Grouped(shown.Length - MostSteps)} further steps are not shown.", "", false)] : [];
        return new PageLane(title, Markup(packet), [.. shown.Take(MostSteps).Select(s => Step(s, walk)), .. rest]);
    }

    private static PageStep Step(ReportStep step, ReportWalk walk)
    {
        string note = (step.Branch == 0 ? "" : $"Branch {step.Branch}: ") + step.Note;
        string depth = $" d{Math.Clamp(step.Depth, 0, Deepest)}";
        if (step.Rule is not { } rule)
        {
            return new PageStep(KindOfNote(step) + depth, "", Markup(note), "", false);
        }

        string lead = $"-A {step.Chain} ";
        string text = rule.StartsWith(lead, StringComparison.Ordinal) ? rule[lead.Length..] : rule;
        string outcome = step.Outcome switch
        {
            nameof(TraceOutcome.Match) => "match",
            nameof(TraceOutcome.Unknown) => "unknown",
            _ => "nomatch",
        };
        bool isBlamed = step.IsOffending && outcome != "nomatch";
        string number = step.RuleNumber is { } n ? $"{Number(n)}. " : "";
        return new PageStep($"{outcome}{depth}{(isBlamed ? " blame" : "")}", Markup(number + text), Markup(note),
            Markup(MarkOf(step)), isBlamed);
    }

    private static string KindOfNote(ReportStep step)
    {
        if (step.Outcome == nameof(TraceOutcome.NoMatch))
        {
            return "nomatch";
        }

        return step.Outcome == nameof(TraceOutcome.None) && step.Chain is not null
            && step.Note.EndsWith(step.Chain, StringComparison.Ordinal) ? "hook" : "note";
    }

    /// <summary>The change of the mark, where the note does not say it.</summary>
    private static string MarkOf(ReportStep step) => step.MarkBefore == step.MarkAfter
        || step.Note.Contains($"-> {step.MarkAfter}", StringComparison.Ordinal)
        ? "" : $"mark {step.MarkBefore} → {step.MarkAfter}";
}
