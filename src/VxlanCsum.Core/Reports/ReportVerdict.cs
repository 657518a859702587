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
            _ => "Healthy: nothing wrong was found",
        };
        return new(level, headline, Counted(digest), Why(lead),
            level == ReportLevel.Healthy ? string.Empty : lead?.Advice ?? string.Empty);
    }

    /// <summary>What the cluster tells of one node of many does not name the node.</summary>
    private static string Why(ReportItem? lead) => lead is null ? string.Empty
        : lead.Kind == ReportKind.NodeRisk && lead.Explanation.Length > 0 ? $"{lead.Subject}: {lead.Explanation}"
            : lead.Explanation;

    /// <summary>"UnmarkTunnel was", "NoTrackTunnel and UnmarkTunnel were".</summary>
    private static string Cures(ReportDigest digest)
    {
        string[] names = [.. digest.Of(ReportKind.Mitigation).Where(static m => m.Change is { Verified: true })
            .Select(static m => m.Subject).Distinct().Order(StringComparer.Ordinal)];
        return names.Length == 1 ? $"{names[0]} was" : $"{Listed(names)} were";
    }

    private static string Listed(string[] parts) =>
        parts.Length > 1 ? $"{string.Join(", ", parts[..^1])} and {parts[^1]}" : parts[0];

    /// <summary>Of nodes that were not looked at themselves nothing more can be said: versions prove nothing.</summary>
    private static string RiskHeadline(ReportLevel level) => level switch
    {
        ReportLevel.AtRisk => "At risk: on some nodes the fault is likely",
        ReportLevel.Healthy => "Low risk: nothing that was read brings the fault out",
        _ => "Not decided: the cluster does not tell enough",
    };

    /// <summary>What one item's level is called.</summary>
    public static string Word(ReportLevel level) => level switch
    {
        ReportLevel.Fault => "Fault",
        ReportLevel.AtRisk => "At risk",
        ReportLevel.Undecided => "Undecided",
        _ => "Healthy",
    };

    /// <summary>"Of 5 items 2 show the fault, 1 is at risk and 2 are healthy."</summary>
    private static string Counted(ReportDigest digest)
    {
        string[] parts = [.. Enum.GetValues<ReportLevel>().OrderDescending().Select(l => Part(l, digest.Count(l)))
            .OfType<string>()];
        string listed = Listed(parts);
        return digest.Items == 1 ? $"One item was given, and it {listed[2..]}."
            : $"Of {ReportText.Grouped(digest.Items)} items {listed}.";
    }

    private static string? Part(ReportLevel level, long count) =>
        count == 0 ? null : $"{ReportText.Grouped(count)} " + (level switch
        {
            ReportLevel.Fault => count == 1 ? "shows a fault" : "show a fault",
            ReportLevel.AtRisk => count == 1 ? "is at risk" : "are at risk",
            ReportLevel.Undecided => count == 1 ? "is undecided" : "are undecided",
            _ => count == 1 ? "is healthy" : "are healthy",
        });
}
