using System.Globalization;
using VxlanCsum.Mitigations;
using VxlanCsum.Node.Connections;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Processes;

namespace VxlanCsum.Node.Mitigations;

/// <summary>Bindings of connection tracking that were made before, and would outlive what should have kept them from
/// being made.</summary>
internal static class Bindings
{
    /// <summary>`conntrack -D` ends early where an entry expires while it lists them: it is asked until no translated
    /// one is left. Live traffic makes new ones all the time; those that are not translated may stay.</summary>
    private const int Attempts = 50;

    /// <returns>What there is to say; null where none is left.</returns>
    public static string? Flush(NodeCommands commands, string[] command, BindingChange what)
    {
        if (CommandRunner.Find(command[0]) is null)
        {
            return "conntrack is not installed: old bindings stay until they were idle for 30 to 120 s";
        }

        string complaint = string.Empty;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            CommandResult result = commands.Run(command);

            // It exits with 1 where there was nothing to delete.
            if (result.Error.Contains(" 0 flow entries", StringComparison.Ordinal)
                || (result.Succeeded && NoneIsTranslated(what)))
            {
                return null;
            }

            complaint = result.Succeeded ? "translated ones came each time" : result.Complaint;
        }

        return $"old bindings could not all be deleted ({complaint}): they stay until they were idle for 30 to 120 s";
    }

    /// <summary>Whether bindings of tunnel packets are left that are translated, as the kernel's own table
    /// says.</summary>
    /// <param name="ports">The tunnels' UDP ports.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Whether none is, and that in words; not where the table cannot be read.</returns>
    public static (bool AreGone, string Line) Verify(IReadOnlyCollection<ushort> ports, CancellationToken cancellation)
    {
        try
        {
            IReadOnlyList<VxlanNatBinding> left = NatBindings.Translated(ports, cancellation);
            return left.Count == 0 ? (true, "connection table: no tunnel packet is translated")
                : (false, string.Create(CultureInfo.InvariantCulture,
                    $"connection table: {left.Count} bindings still translate tunnel packets, such as port "
                    + $"{left[0].OldPort} to {left[0].NewPort}; Get-VxlanNatBinding shows them"));
        }
        catch (NodeException e)
        {
            return (false, $"connection table: could not be read, old bindings may be left: {e.Problem}");
        }
    }

    /// <summary>What the kernel's own table says; false where it cannot be read.</summary>
    private static bool NoneIsTranslated(BindingChange what)
    {
        try
        {
            return !NatBindings.Translated([what.Port], CancellationToken.None).Any(b => b.Family == what.Family);
        }
        catch (NodeException)
        {
            return false;
        }
    }
}
