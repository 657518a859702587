namespace VxlanCsum.Reports;

/// <summary>What a report says on top.</summary>
/// <param name="Level">How grave it is.</param>
/// <param name="Headline">In a few words.</param>
/// <param name="Count">How many items say so.</param>
/// <param name="Explanation">Why, from the gravest item; empty where there is nothing to explain.</param>
/// <param name="Advice">What to do; empty where there is nothing to do.</param>
internal sealed record ReportVerdict(ReportLevel Level, string Headline, string Count, string Explanation,
    string Advice)
{
    /// <summary>The explanation in two sentences: what stands on top of a page that has the rest below.</summary>
    public string Lead { get; private init; } = ReportText.Sentences(Explanation, 2);

    /// <summary>The advice in two sentences; empty where a brief's commands say it.</summary>
    public string FirstAdvice =>
        Item is { Lead: not null, Commands.Count: > 0 } ? string.Empty : ReportText.Sentences(Advice, 2);

    /// <summary>What can be typed to go on.</summary>
    public IReadOnlyList<ReportCommand> Commands => Item?.Commands ?? [];

    /// <summary>The gravest item, of which all this is; null where it is of several.</summary>
    private ReportItem? Item { get; init; }

    /// <summary>Whether all this is of that item: then it is not said again.</summary>
    public bool IsOf(ReportItem item) => Item is { } mine
        && (mine.Kind, mine.Node, mine.Subject, mine.Verdict, mine.Explanation)
            == (item.Kind, item.Node, item.Subject, item.Verdict, item.Explanation);


    // What a person would read first: the node as a whole, then what its packets show, then what its rules would do.
    private static readonly ReportKind[] s_leading = [ReportKind.Diagnosis, ReportKind.Tunnel, ReportKind.Capture,
        ReportKind.Trace, ReportKind.Mitigation, ReportKind.NodeRisk];

    public static ReportVerdict Of(ReportDigest digest)
    {
        if (digest.Items == 0)
        {
            return new(ReportLevel.Undecided, "Nothing was given", "The report holds no items.", string.Empty,
                "Pipe results into it, such as those of Test-VxlanChecksum or Get-ChecksumDiagnosis.");
        }

        ReportLevel level = digest.Level;
        if (digest.IsCured)
        {
            return new(level, "Cured: right since the mitigation", Counted(digest),
                $"{Cures(digest)} verified, and what was wrong before is right in all that was seen since.",
                string.Empty);
        }

        ReportItem? lead = s_leading.SelectMany(digest.Of).FirstOrDefault(i => i.Level == level);
        string headline = digest.Count(ReportKind.NodeRisk) == digest.Items ? RiskHeadline(level) : level switch
        {
            ReportLevel.Fault => "Fault found: checksums are spoilt",
            ReportLevel.AtRisk => "At risk: the fault can strike here",
            ReportLevel.Undecided => "Not decided: not all could be judged",
            ReportLevel.Low => "Low risk: nothing wrong was found, and not all nodes were looked at",
            _ => "Healthy: nothing wrong was found",
        };
        ReportVerdict verdict = new(level, headline, Counted(digest), Why(lead, lead?.Explanation),
            level == ReportLevel.Healthy ? string.Empty : lead?.Advice ?? string.Empty)
        {
            Item = lead,
        };
        return lead?.Lead is { Length: > 0 } brief ? verdict with { Lead = Why(lead, brief) } : verdict;
    }

    /// <summary>What the cluster tells of one node of many does not name the node.</summary>
    private static string Why(ReportItem? lead, string? why) => string.IsNullOrEmpty(why) ? string.Empty
        : lead is { Kind: ReportKind.NodeRisk } ? $"{lead.Subject}: {why}" : why;

    /// <summary>"UnmarkTunnel was", "NoTrackTunnel and UnmarkTunnel were".</summary>
    private static string Cures(ReportDigest digest)
    {
        string[] names = [.. digest.Of(ReportKind.Mitigation).Where(static m => m.Change is { Verified: true })
            .Select(static m => m.Subject).Distinct().Order(StringComparer.Ordinal)];
        return names.Length == 1 ? $"{names[0]} was" : $"{ReportText.Listed(names)} were";
    }

    /// <summary>Of nodes that were not looked at themselves nothing more can be said: versions prove nothing.</summary>
    private static string RiskHeadline(ReportLevel level) => level switch
    {
        ReportLevel.AtRisk => "At risk: on some nodes the fault is likely",
        ReportLevel.Low => "Low risk: nothing that was read brings the fault out",
        ReportLevel.Healthy => "Healthy: nothing wrong was found",
        ReportLevel.Fault => "Fault found: checksums are spoilt",
        _ => "Not decided: the cluster does not tell enough",
    };

    /// <summary>"Of 5 items 2 show the fault, 1 is at risk and 2 are healthy."</summary>
    private static string Counted(ReportDigest digest)
    {
        string[] parts = [.. Enum.GetValues<ReportLevel>().OrderDescending().Select(l => Part(l, digest.Count(l)))
            .OfType<string>()];
        string listed = ReportText.Listed(parts);
        return digest.Items == 1 ? $"One item was given, and it {listed[2..]}."
            : $"Of {ReportText.Grouped(digest.Items)} items {listed}.";
    }

    private static string? Part(ReportLevel level, long count) =>
        count == 0 ? null : $"{ReportText.Grouped(count)} {ReportLevels.Says(level, count)}";
}
