namespace VxlanCsum.Reports.Reading;

/// <summary>A <see cref="NodeDiagnosis"/>; what it rests on that can be shown on its own becomes its parts.</summary>
internal static class DiagnosisReader
{
    public static ReportItem Read(ReportObject given)
    {
        string node = given.Word(nameof(NodeDiagnosis.NodeName));
        string verdict = given.Word(nameof(NodeDiagnosis.Verdict));
        string? cause = given.Text(nameof(NodeDiagnosis.Cause));
        DateTime? time = given.Time(nameof(NodeDiagnosis.Timestamp));
        ReportObject? versions = given.Child(nameof(NodeDiagnosis.Versions));
        ReportItem[] captured = [
            .. Parts(given, nameof(NodeDiagnosis.CaptureResults), nameof(VxlanChecksumResult), TunnelReader.Read,
                node)];
        ReportItem[] parts =
        [
            .. captured,
            .. Parts(given, nameof(NodeDiagnosis.DropResults), nameof(VxlanChecksumResult), TunnelReader.Read, node),
            .. Parts(given, nameof(NodeDiagnosis.Traces), nameof(RuleTrace), TraceReader.Read, node),
        ];

        // Dropped packets may be among those captured.
        ReportCounts seen = captured.Aggregate(default(ReportCounts),
            static (sum, part) => sum + (part.Counts ?? default));
        return new ReportItem
        {
            Kind = ReportKind.Diagnosis,
            Subject = node.Length == 0 ? given.Computer ?? "node" : node,
            Node = node.Length == 0 ? given.Computer : node,
            Level = ItemReader.Level(verdict) ?? ReportLevel.Undecided,
            Verdict = verdict,
            Explanation = given.Word(nameof(NodeDiagnosis.Explanation)),
            Lead = given.Child(nameof(NodeDiagnosis.Brief))?.Text(nameof(DiagnosisBrief.Meaning)),
            Advice = given.Word(nameof(NodeDiagnosis.Recommendation)),
            Commands = [.. Commands(given)],
            From = time,
            Until = time,
            Counts = seen.Packets > 0 ? seen : null,
            Facts = ItemReader.Facts(
                (nameof(NodeDiagnosis.Cause), cause == nameof(ChecksumCause.None) ? null : cause),
                (nameof(NodeDiagnosis.OffendingRule), given.Text(nameof(NodeDiagnosis.OffendingRule))),
                (nameof(NetfilterRule.Generation), ItemReader.Joined(Generations(given))),
                (nameof(NodeDiagnosis.Mitigations), ItemReader.Joined(Mitigations(given))),
                (nameof(NodeVersions.KernelRelease), versions?.Text(nameof(NodeVersions.KernelRelease))),
                (nameof(NodeDiagnosis.Interfaces),
                    ItemReader.Joined(
                        [.. given.Children(nameof(NodeDiagnosis.Interfaces))
                            .Select(static i => i.Text(nameof(VxlanInterface.Name)) ?? i.ToString())])),
                (nameof(NodeDiagnosis.NetworkNamespace), given.Text(nameof(NodeDiagnosis.NetworkNamespace)))),
            Evidence = [.. given.Children(nameof(NodeDiagnosis.Findings)).SelectMany(Finding)],
            Parts = parts,
        };
    }

    /// <summary>Of the masquerading rules that the walks came by.</summary>
    private static IReadOnlyList<string> Generations(ReportObject given) =>
    [
        .. given.Children(nameof(NodeDiagnosis.Traces)).SelectMany(static t => t.Children(nameof(RuleTrace.Steps)))
            .Select(static s => s.Child(nameof(TraceStep.Rule))?.Text(nameof(NetfilterRule.Generation)))
            .OfType<string>().Where(static g => g != nameof(RuleGeneration.Other)).Distinct()
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>What the diagnosis names itself when it is shown.</summary>
    private static IEnumerable<ReportCommand> Commands(ReportObject given) =>
        (given.Child(nameof(NodeDiagnosis.Brief))?.Children(nameof(DiagnosisBrief.Lines)) ?? [])
            .Where(static l => !string.IsNullOrEmpty(l.Text(nameof(DiagnosisBriefLine.Command))))
            .Select(static l => new ReportCommand(
                $"{l.Word(nameof(DiagnosisBriefLine.Label))}: {l.Word(nameof(DiagnosisBriefLine.Text))}",
                l.Word(nameof(DiagnosisBriefLine.Command))));

    private static IReadOnlyList<string> Mitigations(ReportObject given) =>
        [.. given.Children(nameof(NodeDiagnosis.Mitigations))
            .Select(static m => m.Text(nameof(ChecksumMitigation.Kind)) ?? m.ToString())];

    private static IEnumerable<ReportItem> Parts(ReportObject given, string property, string type,
        Func<ReportObject, ReportItem> read, string node) =>
        given.Children(property).Where(c => c.TypeName == type).Select(c => read(c) with { Node = node });

    private static IEnumerable<ReportEvidence> Finding(ReportObject given)
    {
        if (given.Text(nameof(DiagnosisFinding.Message)) is not { } message)
        {
            yield return new ReportEvidence("Finding", null, given.ToString());
            yield break;
        }

        string? place = given.Text(nameof(DiagnosisFinding.Source));
        yield return new ReportEvidence(given.Word(nameof(DiagnosisFinding.Severity)), place, message);
        foreach (string line in given.Texts(nameof(DiagnosisFinding.Evidence)))
        {
            yield return new ReportEvidence("Evidence", place, line);
        }
    }
}
