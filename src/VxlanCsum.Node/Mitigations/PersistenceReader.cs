using VxlanCsum.Mitigations;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Journals;
using VxlanCsum.Node.Processes;

namespace VxlanCsum.Node.Mitigations;

/// <summary>Looks by what a node, or a folder that is to become one, applies things again after a reboot.</summary>
internal static class PersistenceReader
{
    /// <param name="root">A folder that stands for /; null for the running system.</param>
    public static PersistenceFacts Read(string? root)
    {
        string place = root?.TrimEnd('/') ?? string.Empty;
        bool running = place.Length == 0;
        return new PersistenceFacts(
            place,

            // sd_booted(3); in a folder, that systemd is installed there.
            HasSystemd: (running ? Directory.Exists("/run/systemd/system")
                : Directory.Exists(place + "/etc/systemd/system")) && CommandRunner.Find("systemctl") is not null,
            HasUdev: Directory.Exists(place + "/etc/udev/rules.d")
                && (!running || CommandRunner.Find("udevadm") is not null),
            Resolve: static program => CommandRunner.Find(program) ?? throw CommandRunner.Missing(program),
            Read: FileChanges.Read,
            IsEnabled: UnitChanges.IsEnabled);
    }

    /// <summary>Whether all that persists something stands as it was written, and its unit is enabled.</summary>
    /// <exception cref="NodeException">That cannot be looked at.</exception>
    public static bool Holds(IEnumerable<NodeChange> changes) => changes.All(static c =>
        c.File is { } file ? Stands(file) : c.Unit is not { Name: not null } unit || UnitChanges.IsEnabled(unit));

    /// <summary>Whether a file has the bytes that were written.</summary>
    /// <exception cref="NodeException">It cannot be read.</exception>
    public static bool Stands(FileChange file) => Directory.Exists(Path.GetDirectoryName(file.Path))
        && FileChanges.Read(file.Path) is { Content: { } content } && content.AsSpan().SequenceEqual(file.Content);

    /// <summary>Whether a reboot of this machine finds it: not what was written into a folder that stands for /, or was
    /// changed since.</summary>
    public static bool OutlivesReboot(JournalIntent intent)
    {
        FileChange[] files = [.. intent.Changes.Select(static c => c.File).OfType<FileChange>()];
        try
        {
            return files.Length > 0
                && Array.TrueForAll(files, static f => f.Path.StartsWith("/etc/", StringComparison.Ordinal))
                && Holds(intent.Changes);
        }
        catch (NodeException)
        {
            return false;
        }
    }
}
