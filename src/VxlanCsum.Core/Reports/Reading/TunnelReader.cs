namespace VxlanCsum.Reports.Reading;

/// <summary>A <see cref="VxlanChecksumResult"/>.</summary>
internal static class TunnelReader
{
    public static ReportItem Read(ReportObject given)
    {
        string cause = given.Word(nameof(VxlanChecksumResult.Cause));
        long packets = given.Number(nameof(VxlanChecksumResult.Packets)) ?? 0;
        long bad = given.Number(nameof(VxlanChecksumResult.BadPackets)) ?? 0;
        long pending = given.Number(nameof(VxlanChecksumResult.PendingPackets)) ?? 0;
        long unverified = given.Number(nameof(VxlanChecksumResult.UnverifiedPackets)) ?? 0;
        bool unfinished = given.Flag(nameof(VxlanChecksumResult.UnfinishedOnArrival));
        bool suspected = given.Flag(nameof(VxlanChecksumResult.OuterSnatSuspected));
        ReportInterval[] timeline = [.. given.Children(nameof(VxlanChecksumResult.Timeline)).Select(Interval)
            .OfType<ReportInterval>()];
        return new ReportItem
        {
            Kind = ReportKind.Tunnel,
            Subject = given.Text(nameof(VxlanChecksumResult.TunnelType)) is { } type && type != nameof(TunnelType.None)
                ? $"{type} {given.Text(nameof(VxlanChecksumResult.OuterSource)) ?? "?"} -> "
                    + $"{given.Text(nameof(VxlanChecksumResult.OuterDestination)) ?? "?"}"
                : $"{given.Text(nameof(VxlanChecksumResult.OuterSource)) ?? "several hosts"}, no tunnel",
            Node = given.Computer,
            Level = given.Flag(nameof(VxlanChecksumResult.IsFault)) ? ReportLevel.Fault
                : suspected || unfinished ? ReportLevel.AtRisk
                : packets == 0 || packets == unverified || cause == nameof(ChecksumCause.NotVerifiable)
                    ? ReportLevel.Undecided
                : ReportLevel.Healthy,
            Verdict = cause,
            Explanation = given.Word(nameof(VxlanChecksumResult.Explanation)),
            Advice = given.Word(nameof(VxlanChecksumResult.Recommendation)),
            Confidence = given.Real(nameof(VxlanChecksumResult.Confidence)),
            Counts = new ReportCounts(Math.Max(0, packets - bad - pending - unverified), pending, unverified, bad),
            From = timeline.Length > 0 ? timeline[0].From : null,
            Until = timeline.Length > 0 ? timeline[^1].Until : null,
            Timeline = timeline,
            Sources = given.Texts(nameof(VxlanChecksumResult.Path)),
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
                (nameof(VxlanChecksumResult.Mitigations),
                    ItemReader.Joined(given.Texts(nameof(VxlanChecksumResult.Mitigations))))),
            Evidence = [.. given.Children(nameof(VxlanChecksumResult.Evidence)).Select(Evidence)],
        };
    }

    private static ReportInterval? Interval(ReportObject given) =>
        given.Time(nameof(VerdictInterval.From)) is { } from && given.Time(nameof(VerdictInterval.Until)) is { } until
            ? new(from, until, new ReportCounts(
                given.Number(nameof(VerdictInterval.Right)) ?? 0, given.Number(nameof(VerdictInterval.Pending)) ?? 0,
                given.Number(nameof(VerdictInterval.Unverified)) ?? 0, given.Number(nameof(VerdictInterval.Bad)) ?? 0))
            : null;

    private static ReportEvidence Evidence(ReportObject given) => given.Text(nameof(ChecksumEvidence.Text)) is { } text
        ? new(given.Word(nameof(ChecksumEvidence.Kind)),
            given.Text(nameof(ChecksumEvidence.FrameNumber)) is { } frame ? $"frame {frame}" : null, text)
        : new("Evidence", null, given.ToString());
}
