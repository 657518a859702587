namespace VxlanCsum.Captures.Files;

/// <summary>Times of captures: nanoseconds since 1970-01-01 UTC, which may be nonsense in a damaged file.</summary>
internal static class CaptureTime
{
    /// <summary>To 100 ns, held within what a <see cref="DateTime"/> can say.</summary>
    public static DateTime ToDateTime(long nanoseconds) =>
        DateTime.UnixEpoch.AddTicks(
            Math.Clamp(nanoseconds / 100, -DateTime.UnixEpoch.Ticks,
                DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks));
}
