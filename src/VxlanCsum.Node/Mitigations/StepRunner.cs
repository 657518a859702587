using System.Globalization;
using VxlanCsum.Mitigations;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Ethtool;
using VxlanCsum.Node.Links;
using VxlanCsum.Node.Processes;

namespace VxlanCsum.Node.Mitigations;

/// <summary>Takes single steps, in the network namespace within which it is called.</summary>
internal static class StepRunner
{
    /// <summary>iptables' exit code where it did not get the xtables lock in time (RESOURCE_PROBLEM).</summary>
    private const int LockHeld = 4;

    /// <summary>Takes a step.</summary>
    /// <returns>What there is to say about it; null where nothing.</returns>
    /// <exception cref="NodeException">It failed.</exception>
    public static string? Apply(MitigationStep step) => step switch
    {
        { Feature: { } feature } => ApplyFeature(step, feature),
        { File: { } file } => ApplyFile(file),
        { Type: MitigationStepType.Flush } => Flush(step),
        _ => Succeed(step.Command),
    };

    /// <summary>Runs a command that must succeed.</summary>
    /// <exception cref="NodeException">It failed.</exception>
    public static string? Succeed(string[] command)
    {
        CommandResult result = CommandRunner.Run(command[0], command[1..], Patience(command));
        if (result.Succeeded)
        {
            return null;
        }

        bool busy = result.ExitCode == LockHeld && command[0].Contains("tables", StringComparison.Ordinal);
        throw new NodeException(
            busy ? NodeErrorId.MitigationBusy : NodeErrorId.CommandFailed,
            busy ? NodeFailure.Refused : result.Error.Contains("ermission denied", StringComparison.Ordinal) || result.Error.Contains("not permitted", StringComparison.Ordinal) ? NodeFailure.Permission : NodeFailure.Failed,
            command[0], $"{CommandText.Join(command)}: {result.Complaint}",
            busy ? "Another program changes the rules: try again, or wait longer with -Timeout." : null);
    }

    // iptables waits for the lock as long as it was told; beyond that something hangs.
    private static TimeSpan Patience(string[] command) =>
        TimeSpan.FromSeconds(30 + (Array.IndexOf(command, "-w") is >= 0 and int at && at + 1 < command.Length
            && int.TryParse(command[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? seconds : 0));

    private static string? ApplyFeature(MitigationStep step, FeatureChange change)
    {
        NetworkLink link = Find(change.Interface, change.Index) ?? throw NetworkLinks.Vanished(change.Interface);
        using EthtoolClient client = EthtoolClient.Open();
        client.WriteFeatures(link, change.Names.ToDictionary(static n => n, static _ => false, StringComparer.Ordinal));
        string[] still = [.. client.ReadFeatures(link).Where(f => change.Names.Contains(f.Name) && f.Active).Select(static f => f.Name)];
        return still.Length == 0 ? null : throw new NodeException(NodeErrorId.OffloadRefused, NodeFailure.Refused, change.Interface,
            $"{step.CommandLine}: {string.Join(", ", still)} stayed on.", "The kernel's log (dmesg) may say more.");
    }

    public static NetworkLink? Find(string name, int index) => NetworkLinks.Read().FirstOrDefault(l => l.Name == name && (index == 0 || l.Index == index));

    private static string? ApplyFile(FileChange change)
    {
        try
        {
            string folder = Path.GetDirectoryName(change.Path)!;
            Directory.CreateDirectory(folder);
            string fresh = change.Path + ".vxlancsum-new";
            File.WriteAllText(fresh, change.Content);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(fresh, (UnixFileMode)(change.Executable ? 0b111_101_101 : 0b110_100_100));
            }

            File.Move(fresh, change.Path, overwrite: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException(NodeErrorId.PersistenceUnavailable, e is UnauthorizedAccessException ? NodeFailure.Permission : NodeFailure.Failed, change.Path,
                $"{change.Path} could not be written: {e.Message}", "Run as root, on a system whose /etc is writable.", e);
        }
    }

    private static string? Flush(MitigationStep step)
    {
        if (CommandRunner.Find(step.Command[0]) is null)
        {
            return "conntrack is not installed: old bindings stay until they were idle for 30 to 120 s";
        }

        // It exits with 1 where there was nothing to delete.
        CommandResult result = CommandRunner.Run(step.Command[0], step.Command[1..]);
        return result.Succeeded || result.Error.Contains("0 flow entries", StringComparison.Ordinal)
            ? null
            : $"old bindings could not be deleted ({result.Complaint}): they stay until they were idle for 30 to 120 s";
    }
}
