using System.Globalization;

namespace VxlanCsum.Node.Drops;

/// <summary>What works where drops cannot be watched: only what this process may do here is offered.</summary>
internal static class DropAlternatives
{
    // linux/capability.h.
    private const int RawNetwork = 13, Administrator = 21;

    private static readonly string[] s_tracing = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

    /// <summary>"What works here: ..."</summary>
    public static string Sentence()
    {
        string told = "What works here: Get-ChecksumErrorCounter -Interval 10 -Count 1 counts the drops.";
        if (MayUse(RawNetwork))
        {
            told += " Test-VxlanChecksum -Interface any -SnapLength 256 -Duration 60 -Filter \"udp dst port 4789 or "
                + "udp dst port 8472\" names the cause from the short packets, which begin every connection.";
        }

        if (TracingFolder() is { } folder && MayUse(Administrator) && !IsLockedDown("integrity"))
        {
            told += $" {folder}/events/skb/kfree_skb tells where in the kernel packets are dropped: "
                + "docs/dropped-packets.md has the commands.";
        }

        return told;
    }

    /// <summary>Whether the kernel is locked down, so far or further.</summary>
    public static bool IsLockedDown(string level)
    {
        const string LockdownFile = "/sys/kernel/security/lockdown";
        string? modes = TryRead(LockdownFile);
        return modes is not null && (modes.Contains("[confidentiality]", StringComparison.Ordinal)
            || (level == "integrity" && modes.Contains("[integrity]", StringComparison.Ordinal)));
    }

    private static string? TracingFolder() => Array.Find(s_tracing,
        static f => Directory.Exists(Path.Combine(f, "events", "skb", "kfree_skb")));

    /// <summary>Of this thread: "CapEff:\t000001ffffffffff".</summary>
    private static bool MayUse(int capability)
    {
        const string Field = "CapEff:";
        string? line = TryRead("/proc/thread-self/status")?.Split('\n')
            .FirstOrDefault(static l => l.StartsWith(Field, StringComparison.Ordinal));
        return line is not null && ulong.TryParse(line.AsSpan(Field.Length).Trim(), NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture, out ulong all) && (all >> capability & 1) != 0;
    }

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
