namespace VxlanCsum.Diagnoses;

/// <summary>Gathers findings.</summary>
internal sealed class FindingList
{
    private readonly List<DiagnosisFinding> _all = [];

    public bool Has(FindingSeverity severity, DiagnosisSource? except = null) =>
        _all.Exists(f => f.Severity == severity && f.Source != except);

    public void Add(string id, FindingSeverity severity, DiagnosisSource source, string message,
        params IEnumerable<string> evidence) =>
        _all.Add(new DiagnosisFinding
        {
            Id = id,
            Severity = severity,
            Source = source,
            Message = message,
            Evidence = [.. evidence]
        });

    /// <summary>Heaviest first, else in the order of adding.</summary>
    public IReadOnlyList<DiagnosisFinding> Sorted() => [.. _all.OrderByDescending(static f => f.Severity)];
}
