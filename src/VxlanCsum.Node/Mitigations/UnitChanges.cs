using VxlanCsum.Mitigations;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Processes;

namespace VxlanCsum.Node.Mitigations;

/// <summary>Switches units of systemd on, and off again before their files go.</summary>
internal sealed class UnitChanges(NodeCommands commands)
{
    private const string Program = "systemctl";

    /// <exception cref="NodeException">systemctl is missing, or does not say.</exception>
    public static bool IsEnabled(UnitChange change) =>
        change.Name is { } name && Ask([.. Start(change), "is-enabled", name]) is "enabled" or "enabled-runtime";

    /// <exception cref="NodeException">systemctl fails.</exception>
    public void Apply(UnitChange change) => commands.Succeed(change.Name is { } name ? Enable(change, name) : Reload);

    /// <exception cref="NodeException">systemctl fails.</exception>
    public ReversalResult Revert(UnitChange change)
    {
        if (change.Name is not { } name)
        {
            commands.Succeed(Reload);
            return new ReversalResult(Reversal.Gone, CommandText.Join(Reload));
        }

        if (change.WasEnabled)
        {
            return IsEnabled(change) ? new ReversalResult(Reversal.Gone, $"{name} was enabled before, and is")
                : new ReversalResult(Reversal.Changed, $"{name} was enabled before, and someone disabled it");
        }

        bool wasEnabled = IsEnabled(change), wasActive = IsActive(change, name);
        string[] command = [Program, .. Start(change), "disable", .. change.Root.Length == 0 ? ["--now"] : (string[])[],
            name];
        if (wasEnabled || wasActive)
        {
            commands.Succeed(command);
        }

        return IsEnabled(change) || IsActive(change, name)
            ? new ReversalResult(Reversal.Changed, $"{name} is still enabled or active") { DidChange = true }
            : wasEnabled || wasActive ? new ReversalResult(Reversal.Restored, CommandText.Join(command))
            : new ReversalResult(Reversal.Gone, $"{name} is not enabled any more");
    }

    /// <summary>Enabling has systemd read its units again.</summary>
    private static string[] Enable(UnitChange change, string name) =>
        [Program, .. Start(change), "enable", .. change.Root.Length == 0 ? ["--now"] : (string[])[], name];

    private static string[] Reload => [Program, "daemon-reload"];

    private static string[] Start(UnitChange change) => change.Root.Length == 0 ? [] : [$"--root={change.Root}"];

    private static bool IsActive(UnitChange change, string name) =>
        change.Root.Length == 0
            && Ask(["is-active", name]) is "active" or "activating" or "reloading" or "deactivating";

    /// <summary>The state of a unit, in a word of systemd's. Where it says none, that is not "off".</summary>
    private static string Ask(string[] question)
    {
        CommandResult answer = CommandRunner.Run(Program, question);
        string state = answer.Text.Trim();

        // Older ones know no word for a unit that is not there; and where systemd does not run, no unit does.
        bool isOff = answer.Error.Contains("No such file", StringComparison.Ordinal)
            || !Directory.Exists("/run/systemd/system");
        return state.Length > 0 ? state : isOff ? "not-found"
            : throw new NodeException(NodeErrorId.CommandFailed, NodeFailure.Failed, Program,
                $"{CommandText.Join([Program, .. question])}: {answer.Complaint}");
    }
}
