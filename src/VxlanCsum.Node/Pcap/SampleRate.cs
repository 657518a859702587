namespace VxlanCsum.Node.Pcap;

/// <summary>
/// How few frames the kernel is to choose, so that about so many a second come through, however many there are.
/// Narrowed at once when too many come, widened step by step when few do.
/// </summary>
/// <param name="mostPerSecond">Frames a second that are looked at.</param>
/// <param name="narrow">Has the kernel choose one frame in so many, and says what the clock shows once it does. The time
/// before would not do: preparing the filter takes long enough that hundreds of frames still come as before, each of
/// which would stand for many.</param>
internal sealed class SampleRate(int mostPerSecond, Func<uint, long> narrow)
{
    private const long Window = 100_000_000, Shortest = 100_000, Second = 1_000_000_000;

    /// <summary>What is gathered before it is shown comes so late at most.</summary>
    private const long Lag = 500_000_000;

    /// <summary>One frame in sixteen million: far less than any card carries in a second.</summary>
    private const uint Narrowest = 1 << 24;

    private readonly int _ofWindow = Math.Max(1, (int)(mostPerSecond * Window / Second));
    private long _start, _changed;
    private uint _before = 1;
    private int _seen, _handed;

    /// <summary>The kernel chooses one frame in so many.</summary>
    public uint OneIn { get; private set; } = 1;

    /// <summary>Frames that were looked at.</summary>
    public long Taken { get; private set; }

    /// <summary>About how many frames there were.</summary>
    public double Passed { get; private set; }

    /// <summary>A frame came through.</summary>
    /// <param name="time">When it came, in nanoseconds since 1970.</param>
    /// <returns>Whether it is looked at: what was waiting when the kernel was narrowed is too much.</returns>
    public bool Offer(long time)
    {
        bool isLate = time < _changed;
        Passed += isLate ? _before : OneIn;
        if (!isLate)
        {
            TurnTo(time);
            if (++_seen >= 2 * _ofWindow)
            {
                // Not the window's end: at a million a second that would be far too late.
                Choose((double)_seen * Second / Math.Max(Shortest, time - _start), windows: 0);
                (_start, _seen) = (Math.Max(time, _changed), 0);
            }
        }

        if (_handed >= _ofWindow)
        {
            return false;
        }

        _handed++;
        Taken++;
        return true;
    }

    /// <summary>To be called also while nothing comes: what was chosen for many would miss few that follow.</summary>
    /// <param name="now">What the clock says, in nanoseconds since 1970.</param>
    public void Turn(long now) => TurnTo(now - Lag);

    private void TurnTo(long time)
    {
        long elapsed = time - _start;
        if (elapsed < Window)
        {
            return;
        }

        if (_start != 0)
        {
            Choose((double)_seen * Second / elapsed, (int)Math.Min(Narrowest, elapsed / Window));
        }

        (_start, _seen, _handed) = (Math.Max(time, _changed), 0, 0);
    }

    private void Choose(double perSecond, int windows)
    {
        uint former = OneIn;
        if (perSecond > 1.2 * mostPerSecond)
        {
            OneIn = (uint)Math.Min(Narrowest, Math.Ceiling(OneIn * perSecond / mostPerSecond));
        }
        else if (perSecond < mostPerSecond / 4.0)
        {
            OneIn = Math.Max(1, OneIn >> Math.Min(windows, 24));
        }

        if (OneIn != former)
        {
            (_before, _changed) = (former, narrow(OneIn));
        }
    }
}
