using System.Globalization;
using System.Management.Automation;
using VxlanCsum.Commands;

namespace VxlanCsum.Sources;

/// <summary>Tells how far a long read has come; short ones stay silent.</summary>
internal sealed class CaptureProgress(SafeCommand cmdlet, string path, Stream stream)
{
    private const int FramesBetweenLooks = 4096;
    private const long MillisecondsBetweenReports = 200, QuietMilliseconds = 1000;
    private static int s_lastActivity;

    private readonly int _activity = Interlocked.Increment(ref s_lastActivity);
    private readonly long _started = Environment.TickCount64;
    private readonly long _length = stream.CanSeek ? stream.Length : 0;
    private long _nextReport = Environment.TickCount64 + QuietMilliseconds;
    private int _untilLook = FramesBetweenLooks;
    private bool _shown;

    public void Update(long position, long frames)
    {
        if (--_untilLook > 0)
        {
            return;
        }

        _untilLook = FramesBetweenLooks;
        Report(position, frames);
    }

    /// <summary>Reports at once if one is due.</summary>
    public void Report(long position, long frames)
    {
        long now = Environment.TickCount64;
        if (now < _nextReport)
        {
            return;
        }

        _nextReport = now + MillisecondsBetweenReports;
        _shown = true;
        // The decompressed position of a .gz says nothing of its file's length; the file's own position does.
        long at = stream.CanSeek ? Math.Max(stream.Position, 0) : position;
        ProgressRecord record = new(_activity, $"Reading {path}", Describe(position, frames));
        if (_length > 0)
        {
            record.PercentComplete = (int)Math.Clamp(at * 100 / _length, 0, 100);
            record.SecondsRemaining = at > 0
                ? (int)Math.Min(int.MaxValue, (now - _started) * (_length - at) / at / 1000) : -1;
        }

        cmdlet.WriteProgress(record);
    }

    public void Complete()
    {
        if (_shown)
        {
            cmdlet.WriteProgress(
                new ProgressRecord(_activity, $"Reading {path}", "done") { RecordType = ProgressRecordType.Completed });
            _shown = false;
        }
    }

    private static string Describe(long position, long frames) =>
        frames > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{frames:N0} packets, {position >> 20:N0} MiB")
            : string.Create(CultureInfo.InvariantCulture, $"{position >> 20:N0} MiB");
}
