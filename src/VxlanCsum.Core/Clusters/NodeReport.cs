namespace VxlanCsum.Clusters;

/// <summary>What a node's own diagnosis said.</summary>
/// <param name="Verdict">What it came to.</param>
/// <param name="Cause">Why; null where nothing is to be explained, or it was not told.</param>
/// <param name="Time">When, UTC; null where that was not told.</param>
/// <param name="Cures">What the best mitigation would do there; empty where none is asked for, or it was not
/// told.</param>
internal sealed record NodeReport(DiagnosisVerdict Verdict, string? Cause, DateTime? Time, IReadOnlyList<string> Cures);

/// <summary>The reports of a cluster's nodes, by node; of two of a node the later one counts.</summary>
internal sealed class NodeReports
{
    private readonly Dictionary<string, NodeReport> _reports = new(StringComparer.Ordinal);

    public int Count => _reports.Count;

    public NodeReport? Of(string node) => _reports.GetValueOrDefault(node);

    public void Add(string node, NodeReport report)
    {
        if (!_reports.TryGetValue(node, out NodeReport? before)
            || (report.Time ?? DateTime.MinValue) >= (before.Time ?? DateTime.MinValue))
        {
            _reports[node] = report;
        }
    }

    /// <summary>A node's risk with what the node itself reported, or that it reports nothing.</summary>
    public NodeRisk Join(NodeRisk risk)
    {
        if (Of(risk.Name) is not { } report)
        {
            return risk with
            {
                Notes = [.. risk.Notes,
                "No diagnosis of it is among those that were given: it reports nothing."]
            };
        }

        string when = report.Time is { } time ? $" ({time:u})" : string.Empty;
        string told = report.Verdict switch
        {
            DiagnosisVerdict.FaultActive => "It spoils checksums, as its own diagnosis says",
            DiagnosisVerdict.AtRisk => "Its own diagnosis says that it is at risk",
            DiagnosisVerdict.Healthy => "Its own diagnosis finds no checksum fault",
            _ => "Its own diagnosis could not decide",
        };
        return risk with
        {
            Verdict = report.Verdict,
            Cause = report.Cause,
            Diagnosed = report.Time,
            Cure = [.. report.Cures],
            Reason = $"{told}{when}. {risk.Reason}",
        };
    }
}
