using System.Globalization;
using System.Management.Automation;

namespace VxlanCsum.Shell.Hosting;

/// <summary>
/// Progress as one line at the foot of a terminal's standard error, redrawn at most ten times a second and gone
/// before anything else is written.
/// </summary>
internal sealed class ProgressLine
{
    private const int BarColumns = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly List<(long Source, ProgressRecord Record)> _running = [];
    private long _drawnAt;
    private bool _shown;

    /// <summary>Takes a record in; draws if it is time to.</summary>
    public void Update(long source, ProgressRecord record)
    {
        _running.RemoveAll(item => item.Source == source && item.Record.ActivityId == record.ActivityId);
        if (record.RecordType == ProgressRecordType.Completed)
        {
            Hide();
            return;
        }

        _running.Add((source, record));
        long now = Environment.TickCount64;
        if (!_shown || now - _drawnAt >= Pause.TotalMilliseconds)
        {
            _drawnAt = now;
            Draw(record);
        }
    }

    /// <summary>Forgets all activities, at the end of a pipeline.</summary>
    public void Reset()
    {
        _running.Clear();
        Hide();
    }

    /// <summary>Takes the line away; the next record brings it back.</summary>
    public void Hide()
    {
        if (_shown)
        {
            _shown = false;
            Console.Error.Write("\r\e[K");
        }
    }

    private void Draw(ProgressRecord record)
    {
        _shown = true;
        string text = Describe(record);
        int room = Math.Max(1, TerminalFacts.Columns - 1);
        Console.Error.Write("\r\e[K" + (text.Length > room ? text[..room] : text));
    }

    private static string Describe(ProgressRecord record)
    {
        List<string> parts = [PlainText.OneLine(record.Activity)];
        if (record.PercentComplete >= 0)
        {
            int percent = Math.Min(record.PercentComplete, 100);
            int filled = percent * BarColumns / 100;
            parts.Add($"[{new string('#', filled)}{new string('.', BarColumns - filled)}] {percent.ToString(CultureInfo.InvariantCulture)} %");
        }

        parts.Add(PlainText.OneLine(record.StatusDescription));
        if (!string.IsNullOrEmpty(record.CurrentOperation))
        {
            parts.Add(PlainText.OneLine(record.CurrentOperation));
        }

        if (record.SecondsRemaining >= 0)
        {
            parts.Add(TimeSpan.FromSeconds(record.SecondsRemaining).ToString("c", CultureInfo.InvariantCulture) + " left");
        }

        return string.Join("  ", parts.Where(part => !string.IsNullOrWhiteSpace(part)));
    }
}
