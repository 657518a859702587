namespace VxlanCsum.Reports.Reading;

/// <summary>Makes a <see cref="CaptureSummary"/> anew from what serialising left of one.</summary>
internal static class SerializedSummary
{
    /// <exception cref="FormatException">Something of it was lost on the way; the message says what.</exception>
    public static CaptureSummary Read(ReportObject given) => new()
    {
        Path = given.Word(nameof(CaptureSummary.Path)),
        Packets = Count(given, nameof(CaptureSummary.Packets)),
        Bytes = Count(given, nameof(CaptureSummary.Bytes)),
        CapturedBytes = Count(given, nameof(CaptureSummary.CapturedBytes)),
        FirstTimestamp = given.Time(nameof(CaptureSummary.FirstTimestamp)),
        LastTimestamp = given.Time(nameof(CaptureSummary.LastTimestamp)),
        Good = Count(given, nameof(CaptureSummary.Good)),
        NotPresent = Count(given, nameof(CaptureSummary.NotPresent)),
        Partial = Count(given, nameof(CaptureSummary.Partial)),
        Unverified = Count(given, nameof(CaptureSummary.Unverified)),
        Illegal = Count(given, nameof(CaptureSummary.Illegal)),
        Bad = Count(given, nameof(CaptureSummary.Bad)),
        Checksums = [.. given.Children(nameof(CaptureSummary.Checksums)).Select(static c => new ChecksumCount(
            Name<ChecksumProtocol>(c, nameof(ChecksumCount.Protocol)),
            Name<ChecksumStatus>(c, nameof(ChecksumCount.Status)),
            Name<ChecksumCause>(c, nameof(ChecksumCount.Cause)), Count(c, nameof(ChecksumCount.Count))))],
        Causes = [.. given.Children(nameof(CaptureSummary.Causes)).Select(static c => new CauseCount(
            Name<ChecksumCause>(c, nameof(CauseCount.Cause)), Count(c, nameof(CauseCount.Packets))))],
        Tunnels = [.. given.Children(nameof(CaptureSummary.Tunnels)).Select(static t => new TunnelCount(
            Name<TunnelType>(t, nameof(TunnelCount.TunnelType)), (int?)t.Number(nameof(TunnelCount.Vni)),
            Count(t, nameof(TunnelCount.Packets)), Count(t, nameof(TunnelCount.Bytes)),
            Count(t, nameof(TunnelCount.Faulty))))],
        FaultyTalkers = [.. given.Children(nameof(CaptureSummary.FaultyTalkers)).Select(static t => new FaultyTalker(
            t.Word(nameof(FaultyTalker.Source)), t.Word(nameof(FaultyTalker.Destination)),
            Count(t, nameof(FaultyTalker.Packets))))],
        Dropped = given.Number(nameof(CaptureSummary.Dropped)),
        Complete = given.Flag(nameof(CaptureSummary.Complete)),
    };

    private static long Count(ReportObject given, string property) =>
        given.Number(property) is >= 0 and long count ? count
            : throw new FormatException($"its {property} is missing or no number of anything");

    private static T Name<T>(ReportObject given, string property)
        where T : struct, Enum =>
        Enum.TryParse(given.Text(property), out T value) && Enum.IsDefined(value) ? value
            : throw new FormatException($"its {property} is missing or unknown");
}
