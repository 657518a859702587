using VxlanCsum.Counters;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Links;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.Node.Counters;

/// <summary>The kernel's counters of checksum errors in the network namespace within which they are read.</summary>
internal static class ChecksumCounters
{
    /// <exception cref="NodeException">This is not Linux, or /proc is not what it is on Linux.</exception>
    public static IReadOnlyList<ChecksumErrorCounter> Read()
    {
        NetworkLinks.RequireLinux("checksum error counters");
        const string Folder = "/proc/thread-self/net/";
        try
        {
            DateTime now = DateTime.UtcNow;
            string snmp6 = NamespaceFile.Exists(Folder + "snmp6") ? NamespaceFile.ReadAllText(Folder + "snmp6")
                : string.Empty;
            return [.. SnmpText.Parse(NamespaceFile.ReadAllText(Folder + "snmp"), snmp6)
                .Select(c => c with { Timestamp = now })];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new NodeException(NodeErrorId.CountersUnreadable, NodeFailure.Failed, Folder + "snmp",
                $"The kernel's counters cannot be read from {Folder}snmp: {e.Message}",
                "Is /proc mounted, and not hidden by a sandbox?", e);
        }
    }
}
