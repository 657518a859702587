namespace VxlanCsum.Reports;

/// <summary>What each level is called and numbered: the one table that all formats write from.</summary>
internal static class ReportLevels
{
    // Low has a number of its own: a diagnosis never says it, so no exit code has it.
    private static readonly Row[] s_rows =
    [
        new(ReportLevel.Fault, "Fault", "fault", (int)DiagnosisVerdict.FaultActive, "shows a fault", "show a fault"),
        new(ReportLevel.AtRisk, "At risk", "risk", (int)DiagnosisVerdict.AtRisk, "is at risk", "are at risk"),
        new(ReportLevel.Undecided, "Undecided", "undecided", (int)DiagnosisVerdict.Undecided, "is undecided",
            "are undecided"),
        new(ReportLevel.Low, "Low", "low", 4, "is of low risk", "are of low risk"),
        new(ReportLevel.Healthy, "Healthy", "healthy", (int)DiagnosisVerdict.Healthy, "is healthy", "are healthy"),
    ];

    /// <summary>What the numbers mean, for the help of a metric.</summary>
    public static string Scale { get; } =
        string.Join(", ", s_rows.OrderBy(static r => r.Number)
            .Select(static r => $"{r.Number} {r.Word.ToLowerInvariant()}"))
        + "; 0 to 3 as the exit codes of Get-ChecksumDiagnosis, low of a node that was not looked at.";

    /// <summary>For people.</summary>
    public static string Word(ReportLevel level) => Of(level).Word;

    /// <summary>For style sheets.</summary>
    public static string Class(ReportLevel level) => Of(level).Class;

    /// <summary>For monitors: the exit code of a diagnosis that says so.</summary>
    public static int Number(ReportLevel level) => Of(level).Number;

    /// <summary>"shows a fault", "show a fault".</summary>
    public static string Says(ReportLevel level, long items) => items == 1 ? Of(level).One : Of(level).Many;

    private static Row Of(ReportLevel level) => Array.Find(s_rows, r => r.Level == level)
        ?? throw new ArgumentOutOfRangeException(nameof(level), level, null);

    private sealed record Row(ReportLevel Level, string Word, string Class, int Number, string One, string Many);
}
