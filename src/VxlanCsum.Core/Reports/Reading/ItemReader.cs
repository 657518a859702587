namespace VxlanCsum.Reports.Reading;

/// <summary>Turns an object of the pipeline into an item.</summary>
internal static class ItemReader
{
    private static readonly Dictionary<string, Func<ReportObject, ReportItem>> s_readers = new(StringComparer.Ordinal)
    {
        [nameof(NodeDiagnosis)] = DiagnosisReader.Read,
        [nameof(NodeRisk)] = NodeRiskReader.Read,
        [nameof(VxlanChecksumResult)] = TunnelReader.Read,
        [nameof(CaptureSummary)] = SummaryReader.Read,
        [nameof(RuleTrace)] = TraceReader.Read,
        [nameof(MitigationReceipt)] = ReceiptReader.Read,
    };

    private static readonly Dictionary<string, ReportLevel> s_levels = new(StringComparer.Ordinal)
    {
        [nameof(DiagnosisVerdict.Healthy)] = ReportLevel.Healthy,
        [nameof(DiagnosisVerdict.AtRisk)] = ReportLevel.AtRisk,
        [nameof(DiagnosisVerdict.FaultActive)] = ReportLevel.Fault,
        [nameof(DiagnosisVerdict.Undecided)] = ReportLevel.Undecided,
    };

    /// <summary>The types that are taken.</summary>
    public static IEnumerable<string> TypeNames => s_readers.Keys;

    /// <summary>The item; null where the type is none that can be reported.</summary>
    public static ReportItem? Read(ReportObject given) =>
        s_readers.TryGetValue(given.TypeName, out Func<ReportObject, ReportItem>? read)
            ? read(given) with { Computer = given.Computer } : null;

    /// <summary>Of the verdict of a diagnosis; null where it is none.</summary>
    public static ReportLevel? Level(string? verdict) =>
        verdict is not null && s_levels.TryGetValue(verdict, out ReportLevel level) ? level : null;

    /// <summary>Values that are there, by their properties' names.</summary>
    public static IReadOnlyList<ReportFact> Facts(params (string Name, string? Value)[] facts) =>
        [.. facts.Where(static f => !string.IsNullOrEmpty(f.Value))
            .Select(static f => new ReportFact(f.Name, f.Value!))];

    public static string? Joined(IReadOnlyList<string> texts, int most = 32) => texts.Count == 0 ? null
        : string.Join(", ", texts.Take(most)) + (texts.Count > most
            ? $" and {ReportText.Grouped(texts.Count - most)} more" : "");
}
