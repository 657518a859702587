using System.Globalization;
using VxlanCsum.Mitigations;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Journals;
using VxlanCsum.Node.Processes;

namespace VxlanCsum.Node.Mitigations;

/// <summary>Runs the programs that change a node. Each holds the journal's lock to its end, also where this process is
/// killed before.</summary>
/// <param name="held">The journal's lock.</param>
/// <param name="timeout">How long iptables waits for its own lock.</param>
internal sealed class NodeCommands(JournalLock held, TimeSpan timeout)
{
    /// <summary>iptables' exit code where it did not get the xtables lock in time (RESOURCE_PROBLEM).</summary>
    private const int LockHeld = 4;

    /// <summary>A busy node takes its time to reload its units, or to answer for the cluster.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    /// <summary>iptables waits for the lock as long as it was told; beyond that something hangs.</summary>
    private static readonly TimeSpan s_more = TimeSpan.FromSeconds(30);

    /// <summary>For iptables: to wait for its lock.</summary>
    public string[] Wait => ["-w", Math.Max(1, (int)timeout.TotalSeconds).ToString(CultureInfo.InvariantCulture)];

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="NodeException">It is missing, hangs, or waited in vain for the lock of iptables.</exception>
    public CommandResult Run(params string[] command)
    {
        bool isIptables = command[0].Contains("tables", StringComparison.Ordinal);
        CommandResult result = CommandRunner.Run(command[0], command[1..], isIptables ? timeout + s_more : s_patience,
            whileStarting: held.Inherit);
        return result.ExitCode == LockHeld && isIptables
            ? throw new NodeException(NodeErrorId.MitigationBusy, NodeFailure.Refused, command[0],
                $"{CommandText.Join(command)}: {result.Complaint}",
                "Another program changes the rules: try again, or wait longer with -Timeout.")
            : result;
    }

    /// <summary>Runs a program that must succeed.</summary>
    /// <exception cref="NodeException">It failed.</exception>
    public void Succeed(params string[] command)
    {
        CommandResult result = Run(command);
        if (!result.Succeeded)
        {
            bool forbidden = result.Error.Contains("ermission denied", StringComparison.Ordinal)
                || result.Error.Contains("not permitted", StringComparison.Ordinal);
            throw new NodeException(NodeErrorId.CommandFailed, forbidden ? NodeFailure.Permission : NodeFailure.Failed,
                command[0], $"{CommandText.Join(command)}: {result.Complaint}");
        }
    }
}
