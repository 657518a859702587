namespace VxlanCsum.Reports.Reading;

/// <summary>A <see cref="VxlanChecksumResult"/>.</summary>
internal static class TunnelReader
{
    public static ReportItem Read(ReportObject given)
    {
        string cause = given.Word(nameof(VxlanChecksumResult.Cause));
        long packets = given.Count(nameof(VxlanChecksumResult.Packets));
        long bad = given.Count(nameof(VxlanChecksumResult.BadPackets));
        long pending = given.Count(nameof(VxlanChecksumResult.PendingPackets));
        long unverified = given.Count(nameof(VxlanChecksumResult.UnverifiedPackets));
        bool unfinished = given.Flag(nameof(VxlanChecksumResult.UnfinishedOnArrival));
        bool suspected = given.Flag(nameof(VxlanChecksumResult.OuterSnatSuspected));

        // A text of tcpdump without dates, or times that count from the capture's begin: there is no moment to show.
        ReportInterval[] timeline = [.. given.Children(nameof(VxlanChecksumResult.Timeline)).Select(Interval)
            .OfType<ReportInterval>().Where(static i => i.From.Year > DateTime.UnixEpoch.Year)];
        ReportEvidence[] evidence = [.. given.Children(nameof(VxlanChecksumResult.Evidence)).Select(Evidence)];
        IReadOnlyList<string> sources = given.Texts(nameof(VxlanChecksumResult.Sources)),
            mitigations = given.Texts(nameof(VxlanChecksumResult.Mitigations));
        return new ReportItem
        {
            Kind = ReportKind.Tunnel,
            Subject = Subject(given),
            Node = given.Computer,
            Level = given.Flag(nameof(VxlanChecksumResult.IsFault)) ? ReportLevel.Fault
                : suspected || unfinished ? ReportLevel.AtRisk
                : IsOpen(packets, unverified, cause) ? ReportLevel.Undecided : ReportLevel.Healthy,
            Verdict = cause,
            Explanation = given.Word(nameof(VxlanChecksumResult.Explanation)),
            Advice = given.Word(nameof(VxlanChecksumResult.Recommendation)),
            Confidence = given.Real(nameof(VxlanChecksumResult.Confidence)),
            Counts = new ReportCounts(Math.Max(0, packets - bad - pending - unverified), pending, unverified, bad),
            From = timeline.Length > 0 ? timeline[0].From : null,
            Until = timeline.Length > 0 ? timeline[^1].Until : null,
            Timeline = timeline,
            Sources = sources,
            Commands = mitigations.Count == 0 ? []
                : [new ReportCommand($"On {given.Text(nameof(VxlanChecksumResult.OuterSource)) ?? "the sender"}, as root, "
                    + "to see what is wrong there and what cures it:", "Get-ChecksumDiagnosis")],
            Checks = [.. CaptureChecks.Judge("Test-VxlanChecksum", sources), .. CaptureChecks.Look(evidence)],
            Facts = ItemReader.Facts(
                (nameof(VxlanChecksumResult.Vnis), ItemReader.Joined(given.Texts(nameof(VxlanChecksumResult.Vnis)))),
                (nameof(VxlanChecksumResult.Vantage), given.Text(nameof(VxlanChecksumResult.Vantage))),
                (nameof(VxlanChecksumResult.BrokenFlows), given.Text(nameof(VxlanChecksumResult.BrokenFlows))),
                (nameof(VxlanChecksumResult.HealedFlows), given.Text(nameof(VxlanChecksumResult.HealedFlows))),
                (nameof(VxlanChecksumResult.ImpliedOriginalPort),
                    ItemReader.Joined(given.Texts(nameof(VxlanChecksumResult.ImpliedOriginalPort)))),
                (nameof(VxlanChecksumResult.ImpliedOriginalAddress),
                    given.Text(nameof(VxlanChecksumResult.ImpliedOriginalAddress))),
                (nameof(VxlanChecksumResult.OuterSnatSuspected), suspected ? "yes" : null),
                (nameof(VxlanChecksumResult.UnfinishedOnArrival), unfinished ? "yes" : null),
                (nameof(VxlanChecksumResult.Mitigations), ItemReader.Joined(mitigations))),
            Evidence = evidence,
        };
    }

    private static bool IsOpen(long packets, long unverified, string cause) =>
        packets == 0 || packets == unverified || cause == nameof(ChecksumCause.NotVerifiable);

    private static string Subject(ReportObject given)
    {
        string? source = given.Text(nameof(VxlanChecksumResult.OuterSource));
        return given.Text(nameof(VxlanChecksumResult.TunnelType)) is { } type && type != nameof(TunnelType.None)
            ? $"{type} {source ?? "?"} -> {given.Text(nameof(VxlanChecksumResult.OuterDestination)) ?? "?"}"
            : $"{source ?? "several hosts"}, no tunnel";
    }

    private static ReportInterval? Interval(ReportObject given) =>
        given.Time(nameof(VerdictInterval.From)) is { } from && given.Time(nameof(VerdictInterval.Until)) is { } until
            ? new(from, until, new ReportCounts(
                given.Count(nameof(VerdictInterval.Right)), given.Count(nameof(VerdictInterval.Pending)),
                given.Count(nameof(VerdictInterval.Unverified)), given.Count(nameof(VerdictInterval.Bad))))
            : null;

    private static ReportEvidence Evidence(ReportObject given)
    {
        if (given.Text(nameof(ChecksumEvidence.Text)) is not { } text)
        {
            return new("Evidence", null, given.ToString());
        }

        long? frame = given.Number(nameof(ChecksumEvidence.FrameNumber));
        return new(given.Word(nameof(ChecksumEvidence.Kind)), frame is null ? null : $"frame {frame}", text)
        {
            File = given.Text(nameof(ChecksumEvidence.Path)),
            Frame = frame,
        };
    }
}
