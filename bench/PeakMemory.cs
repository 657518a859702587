using System.Diagnostics;
using System.Globalization;

namespace VxlanCsum.Bench;

/// <summary>The most memory that a process had at once, as Linux tells it; 0 elsewhere.</summary>
internal static class PeakMemory
{
    private const int LookEveryMilliseconds = 5;

    /// <summary>Forgets what this process had so far.</summary>
    public static void Begin()
    {
        if (OperatingSystem.IsLinux())
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
    }

    public static long OfThis() => Read("self");

    /// <summary>Waits for a process to end.</summary>
    public static long Of(Process process)
    {
        string id = process.Id.ToString(CultureInfo.InvariantCulture);
        long most = 0;
        while (!process.WaitForExit(LookEveryMilliseconds))
        {
            most = Math.Max(most, Read(id));
        }

        return most;
    }

    private static long Read(string process)
    {
        try
        {
            string line = File.ReadLines($"/proc/{process}/status").First(
                static l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return long.Parse(line.AsSpan(6).Trim().TrimEnd("kB ").Trim(), CultureInfo.InvariantCulture) << 10;
        }
        catch (Exception error) when (error is IOException or InvalidOperationException)
        {
            // It has just ended, or there is no such file here.
            return 0;
        }
    }
}
