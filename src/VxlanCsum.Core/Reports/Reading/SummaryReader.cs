namespace VxlanCsum.Reports.Reading;

/// <summary>A <see cref="CaptureSummary"/>.</summary>
internal static class SummaryReader
{
    public static ReportItem Read(ReportObject given)
    {
        long packets = given.Count(nameof(CaptureSummary.Packets));
        long right = given.Count(nameof(CaptureSummary.Good)) + given.Count(nameof(CaptureSummary.NotPresent));
        long pending = given.Count(nameof(CaptureSummary.Partial));
        long unverified = given.Count(nameof(CaptureSummary.Unverified));
        long illegal = given.Count(nameof(CaptureSummary.Illegal)), bad = given.Count(nameof(CaptureSummary.Bad));
        long wrong = bad + illegal;
        bool complete = given.Flag(nameof(CaptureSummary.Complete));
        string verdict = bad > 0 ? nameof(ChecksumStatus.Bad)
            : illegal > 0 ? nameof(ChecksumStatus.Illegal) : WithoutWrong(packets, unverified, complete);
        string path = given.Word(nameof(CaptureSummary.Path));
        return new ReportItem
        {
            Kind = ReportKind.Capture,
            Subject = path.Length == 0 ? "capture" : path,
            Node = given.Computer,
            Level = wrong > 0 ? ReportLevel.Fault
                : verdict == nameof(ChecksumStatus.Good) ? ReportLevel.Healthy : ReportLevel.Undecided,
            Verdict = verdict,
            Explanation = Explain(packets, wrong, pending, unverified, complete),
            Advice = wrong > 0 ? "Let Test-VxlanChecksum name the cause."
                : complete ? string.Empty : "Take the capture again: this one is damaged, or its reading was stopped.",
            Commands = wrong > 0 ? [.. CaptureChecks.Judge("Test-VxlanChecksum", [path])
                .Select(static c => c with { Purpose = "Name the cause:" })] : [],
            Checks = [.. CaptureChecks.Judge("Measure-PcapChecksum", [path])],
            From = given.Time(nameof(CaptureSummary.FirstTimestamp)),
            Until = given.Time(nameof(CaptureSummary.LastTimestamp)),
            Counts = new ReportCounts(right, pending, unverified, wrong),
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

    private static string WithoutWrong(long packets, long unverified, bool complete) => !complete ? "Incomplete"
        : packets == 0 || packets == unverified ? nameof(ChecksumStatus.Unverified) : nameof(ChecksumStatus.Good);

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
