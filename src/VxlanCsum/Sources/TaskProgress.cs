using System.Management.Automation;
using VxlanCsum.Commands;

namespace VxlanCsum.Sources;

/// <summary>Waits on the pipeline's thread for work that goes on elsewhere, and tells how far it is.</summary>
internal static class TaskProgress
{
    private const int LookMilliseconds = 200;

    /// <summary>Returns when the work has ended, however it did. Work that is quick is told nothing of.</summary>
    /// <param name="cmdlet">That waits.</param>
    /// <param name="work">What it waits for.</param>
    /// <param name="activity">What it is, in words.</param>
    /// <param name="describe">Says at each look how far it is.</param>
    public static void Wait(SafeCommand cmdlet, Task work, string activity, Action<ProgressRecord> describe)
    {
        var progress = new ProgressRecord(Environment.CurrentManagedThreadId, activity, "waiting");
        bool shown = false;
        while (Task.WaitAny([work], LookMilliseconds) < 0)
        {
            describe(progress);
            cmdlet.WriteProgress(progress);
            shown = true;
        }

        if (shown)
        {
            progress.RecordType = ProgressRecordType.Completed;
            cmdlet.WriteProgress(progress);
        }
    }
}
