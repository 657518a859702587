using System.Globalization;
using System.Management.Automation;
using VxlanCsum.Commands;

namespace VxlanCsum.Sources;

/// <summary>Tells how far the reading of a cluster has come, page by page.</summary>
internal sealed class ClusterProgress(SafeCommand cmdlet, string cluster)
{
    // Of activities at the same time, each needs a number of its own; captures count from 1.
    private static int s_lastActivity = 1_000_000;

    private readonly int _activity = Interlocked.Increment(ref s_lastActivity);
    private bool _shown;

    /// <param name="what">Such as "nodes".</param>
    /// <param name="done">Read so far.</param>
    /// <param name="remaining">Left, where it is known.</param>
    public void Report(string what, long done, long? remaining)
    {
        _shown = true;
        long? all = done + remaining;
        ProgressRecord record = new(_activity, Activity, all is null
            ? string.Create(CultureInfo.InvariantCulture, $"{what}: {done:N0}")
            : string.Create(CultureInfo.InvariantCulture, $"{what}: {done:N0} of {all:N0}"));
        if (all > 0)
        {
            record.PercentComplete = (int)Math.Clamp(done * 100 / all.Value, 0, 100);
        }

        cmdlet.WriteProgress(record);
    }

    public void Complete()
    {
        if (_shown)
        {
            cmdlet.WriteProgress(
                new ProgressRecord(_activity, Activity, "done") { RecordType = ProgressRecordType.Completed });
        }
    }

    private string Activity => $"Reading the cluster {cluster}";
}
