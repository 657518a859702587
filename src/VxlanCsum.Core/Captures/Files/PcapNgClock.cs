namespace VxlanCsum.Captures.Files;

/// <summary>How the times of one pcapng interface become nanoseconds (if_tsresol, if_tsoffset).</summary>
internal readonly struct PcapNgClock
{
    private const byte DefaultResolution = 6;
    private const int PowerOfTwo = 0x80;
    private const long NanosecondsASecond = 1_000_000_000;

    private const long MaxOffsetSeconds = long.MaxValue / NanosecondsASecond;

    private readonly byte _resolution;
    private readonly long _offsetSeconds;

    /// <param name="resolution">if_tsresol: a negative power of ten, or of two if the highest bit is set.</param>
    /// <param name="offsetSeconds">if_tsoffset.</param>
    public PcapNgClock(byte resolution, long offsetSeconds)
    {
        _resolution = resolution;
        _offsetSeconds = offsetSeconds;
        if (resolution <= 9 && offsetSeconds is > -MaxOffsetSeconds and < MaxOffsetSeconds)
        {
            Multiplier = PowerOfTen(9 - resolution);
            Offset = offsetSeconds * NanosecondsASecond;
            MaxPlainTicks = (ulong)((long.MaxValue - Math.Max(Offset, 0)) / Multiplier);
        }
    }

    /// <summary>The clock of an interface that says nothing: microseconds since 1970.</summary>
    public static PcapNgClock Default => new(DefaultResolution, 0);

    /// <summary>Up to this many ticks, the time is ticks × <see cref="Multiplier"/> + <see cref="Offset"/>; else
    /// <see cref="ToNanoseconds"/> tells.</summary>
    public ulong MaxPlainTicks { get; }

    /// <summary>Nanoseconds a tick.</summary>
    public long Multiplier { get; }

    /// <summary>Nanoseconds.</summary>
    public long Offset { get; }

    /// <summary>The same clock with another resolution.</summary>
    public PcapNgClock WithResolution(byte resolution) => new(resolution, _offsetSeconds);

    /// <summary>The same clock with another offset.</summary>
    public PcapNgClock WithOffset(long seconds) => new(_resolution, seconds);

    /// <summary>Nanoseconds since 1970, rounded down to a tick of a nanosecond; held within what 64 bits can say (1677
    /// to 2262).</summary>
    public long ToNanoseconds(ulong ticks)
    {
        int exponent = _resolution & ~PowerOfTwo;
        UInt128 nanoseconds = (_resolution & PowerOfTwo) != 0
            ? (exponent < 128 ? ((UInt128)ticks * NanosecondsASecond) >> exponent : 0)
            : exponent <= 9 ? (UInt128)ticks * (ulong)PowerOfTen(9 - exponent)
            : exponent - 9 <= 19 ? ticks / TenTo(exponent - 9)
            : 0;
        Int128 sum = (Int128)nanoseconds + ((Int128)_offsetSeconds * NanosecondsASecond);
        return sum > long.MaxValue ? long.MaxValue : sum < long.MinValue ? long.MinValue : (long)sum;
    }

    private static long PowerOfTen(int exponent) => (long)TenTo(exponent);

    private static ulong TenTo(int exponent)
    {
        ulong power = 1;
        for (int i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }
}
