using System.Diagnostics;
using System.Text;
using VxlanCsum.Drops;
using VxlanCsum.Node.Drops;
using VxlanCsum.Node.Reports;

namespace VxlanCsum.Sources;

/// <summary>Counts of drops in a file for Prometheus' textfile collector, which never finds half of one.</summary>
/// <param name="path">As ReportFile.Check gave it.</param>
internal sealed class DropMetricsFile(string path)
{
    private const int MostMilliseconds = 1000;

    private readonly DropCounts _counts = new(DateTime.UtcNow);
    private long _written;
    private bool _changed = true;

    public void Add(ChecksumDrop drop)
    {
        _counts.Add(drop);
        _changed = true;
    }

    /// <summary>Writes the file when something changed, and not more often than once a second.</summary>
    /// <param name="statistics">Of the watch.</param>
    /// <param name="now">Whatever there is to wait for.</param>
    /// <exception cref="Node.Errors.NodeException">It cannot be written.</exception>
    public void Write(DropWatchStatistics statistics, bool now)
    {
        if (!now && (!_changed || (_written != 0
            && Stopwatch.GetElapsedTime(_written).TotalMilliseconds < MostMilliseconds)))
        {
            return;
        }

        using ReportFile file = ReportFile.Create(path, overwrite: true);
        using (var text = new StreamWriter(file.Stream, new UTF8Encoding(false), leaveOpen: true))
        {
            _counts.Write(text, statistics.Missed, statistics.LeftOut);
        }

        file.Complete();
        (_written, _changed) = (Stopwatch.GetTimestamp(), false);
    }
}
