namespace VxlanCsum.Reports.Reading;

/// <summary>A <see cref="MitigationReceipt"/>.</summary>
internal static class ReceiptReader
{
    public static ReportItem Read(ReportObject given)
    {
        bool changed = given.Flag(nameof(MitigationReceipt.Changed)),
            verified = given.Flag(nameof(MitigationReceipt.Verified));
        string kind = given.Word(nameof(MitigationReceipt.Kind));
        string? undo = given.Text(nameof(MitigationReceipt.UndoCommand));
        return new ReportItem
        {
            Kind = ReportKind.Mitigation,
            Subject = kind,
            Node = given.Computer,
            Level = verified ? ReportLevel.Healthy : ReportLevel.AtRisk,
            Verdict = verified ? "Verified" : "NotVerified",
            Explanation =
                $"{kind} {(changed ? "was applied" : "was in effect already")}"
                    + $"{(verified ? " and verified."
                        : ", but what was read back afterwards is not as it should be.")}",
            Advice = verified ? string.Empty : "Read what was verified, and take it back or apply another.",
            Commands = undo is null ? [] : [new ReportCommand("Take it back:", undo)],
            Facts = ItemReader.Facts(
                (nameof(MitigationReceipt.Id), given.Text(nameof(MitigationReceipt.Id))),
                (nameof(MitigationReceipt.NetworkNamespace), given.Text(nameof(MitigationReceipt.NetworkNamespace))),
                (nameof(MitigationReceipt.Persisted), given.Flag(nameof(MitigationReceipt.Persisted)) ? "yes" : "no"),
                (nameof(MitigationReceipt.JournalPath), given.Text(nameof(MitigationReceipt.JournalPath)))),
            Evidence = [.. given.Texts(nameof(MitigationReceipt.Verification))
                .Select(static t => new ReportEvidence("Verification", null, t)),
                .. given.Texts(nameof(MitigationReceipt.Notes))
                    .Select(static t => new ReportEvidence("Note", null, t))],
            Change = new ReportChange
            {
                Changed = changed,
                Verified = verified,
                Before = given.Texts(nameof(MitigationReceipt.Before)),
                After = given.Texts(nameof(MitigationReceipt.After)),
                Commands = given.Texts(nameof(MitigationReceipt.Steps)),
                Verification = given.Texts(nameof(MitigationReceipt.Verification)),
                UndoCommand = undo,
            },
        };
    }
}
