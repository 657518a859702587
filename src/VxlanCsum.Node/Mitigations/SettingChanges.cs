using VxlanCsum.Mitigations;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Processes;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Mitigations;

/// <summary>Takes back what felix's configuration was told.</summary>
internal sealed class SettingChanges(NodeCommands commands)
{
    private const string Program = "kubectl";

    /// <exception cref="NodeException">kubectl is missing, or the cluster refuses.</exception>
    public ReversalResult Revert(SettingChange change)
    {
        string? now = Read();
        if (now == change.Former)
        {
            return new ReversalResult(Reversal.Gone, "the setting has its former value already");
        }

        if (now != change.Value)
        {
            return new ReversalResult(Reversal.Changed,
                $"the setting was changed since, to '{SafeText.Escape(now ?? "")}', and is left as it is");
        }

        string[] command = DevicePlans.FelixPatch(Program, change.Former);
        commands.Succeed(command);
        return Read() == change.Former ? new ReversalResult(Reversal.Restored, CommandText.Join(command))
            : new ReversalResult(Reversal.Changed, "the setting did not take its former value");
    }

    private static string? Read()
    {
        string[] command = DevicePlans.FelixRead(Program);
        CommandResult read = CommandRunner.Run(command[0], command[1..]);
        return !read.Succeeded
            ? throw new NodeException(NodeErrorId.CommandFailed, NodeFailure.Failed, command[0],
                $"{CommandText.Join(command)}: {read.Complaint}")
            : read.Text.Trim() is { Length: > 0 } value ? value : null;
    }
}
