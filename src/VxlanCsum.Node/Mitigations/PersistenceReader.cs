using VxlanCsum.Mitigations;
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
            Read: FileChanges.Read);
    }
}
