namespace VxlanCsum.Reports.Reading;

/// <summary>A <see cref="CaptureSummary"/>.</summary>
internal static class SummaryReader
{
    public static ReportItem Read(ReportObject given)
    {
        long packets = given.Number(nameof(CaptureSummary.Packets)) ?? 0;
        long good = given.Number(nameof(CaptureSummary.Good)) ?? 0;
        long absent = given.Number(nameof(CaptureSummary.NotPresent)) ?? 0;
        long pending = given.Number(nameof(CaptureSummary.Partial)) ?? 0;
        long unverified = given.Number(nameof(CaptureSummary.Unverified)) ?? 0;
        long illegal = given.Number(nameof(CaptureSummary.Illegal)) ?? 0;
        long bad = given.Number(nameof(CaptureSummary.Bad)) ?? 0;
        bool complete = given.Flag(nameof(CaptureSummary.Complete));
        ReportLevel level = bad + illegal > 0 ? ReportLevel.Fault
            : !complete || packets == 0 || packets == unverified ? ReportLevel.Undecided
            : ReportLevel.Healthy;
        string path = given.Word(nameof(CaptureSummary.Path));
        return new ReportItem
        {
            Kind = ReportKind.Capture,
            Subject = path.Length == 0 ? "capture" : path,
            Node = given.Computer,
            Level = level,
            Verdict = bad > 0 ? nameof(ChecksumStatus.Bad)
                : illegal > 0 ? nameof(ChecksumStatus.Illegal)
                    : level == ReportLevel.Healthy ? nameof(ChecksumStatus.Good)
                : complete ? nameof(ChecksumStatus.Unverified) : "Incomplete",
            Explanation = Explain(packets, bad + illegal, pending, unverified, complete),
            Advice = bad + illegal > 0 ? "Test-VxlanChecksum names the cause."
                : complete ? string.Empty : "Take the capture again: this one is damaged, or its reading was stopped.",
            From = given.Time(nameof(CaptureSummary.FirstTimestamp)),
            Until = given.Time(nameof(CaptureSummary.LastTimestamp)),
            Counts = new ReportCounts(good + absent, pending, unverified, bad + illegal),
            Sources = path.Length == 0 ? [] : [path],
            Facts = ItemReader.Facts(
                (nameof(CaptureSummary.Bytes), given.Text(nameof(CaptureSummary.Bytes))),
                (nameof(CaptureSummary.Dropped), given.Text(nameof(CaptureSummary.Dropped))),
                (nameof(CaptureSummary.Causes), ItemReader.Joined(given.Texts(nameof(CaptureSummary.Causes)))),
                (nameof(CaptureSummary.Tunnels), ItemReader.Joined(given.Texts(nameof(CaptureSummary.Tunnels)), 8))),
            Evidence = [.. given.Texts(nameof(CaptureSummary.FaultyTalkers))
                .Select(static t => new ReportEvidence("FaultyTalker", null, t)),
                .. given.Texts(nameof(CaptureSummary.Checksums))
                    .Select(static t => new ReportEvidence("Checksums", null, t))],
        };
    }

    private static string Explain(long packets, long bad, long pending, long unverified, bool complete)
    {
        if (packets == 0)
        {
            return complete ? "The capture holds no packet." : "Nothing of the capture could be read.";
        }

        string innocent = pending > 0
            ? $" {ReportText.Count(pending, "packet has", "packets have")} a checksum that offloading has yet to "
                + $"complete: innocent." : string.Empty;
        string open = unverified > 0 ? $" {ReportText.Count(unverified, "packet", "packets")} could not be verified."
            : string.Empty;
        string cut = complete ? string.Empty : " The capture was not read to its end.";
        return (bad > 0
            ? $"{ReportText.Grouped(bad)} of {ReportText.Count(packets, "packet has", "packets have")} a wrong "
                + $"checksum ({ReportText.Percent((double)bad / packets)})."
            : $"None of {ReportText.Count(packets, "packet has", "packets has")} a wrong checksum.") + innocent + open
            + cut;
    }
}
