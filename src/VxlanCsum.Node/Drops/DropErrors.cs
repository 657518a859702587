using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Interop;

namespace VxlanCsum.Node.Drops;

/// <summary>Why dropped packets cannot be watched, and what can be done instead.</summary>
internal static class DropErrors
{
    private const string Target = "kfree_skb", LockdownFile = "/sys/kernel/security/lockdown";

    private const string Instead =
        "What works here: Get-ChecksumErrorCounter counts the drops, and Test-VxlanChecksum -Interface names the "
        + "cause from a capture.";

    public static NodeException Unsupported(string problem, Exception? inner = null) =>
        new(NodeErrorId.DropWatchUnsupported, NodeFailure.Unsupported, Target, problem, Instead, inner);

    public static NodeException Permission(Exception? inner) => new(
        NodeErrorId.DropWatchPermission, NodeFailure.Permission, Target,
        "Watching dropped packets needs the capabilities CAP_BPF and CAP_PERFMON, before Linux 5.8 CAP_SYS_ADMIN.",
        $"Run PowerShell as root, for example with sudo; in a container add the capabilities BPF and PERFMON. "
        + $"{Instead}", inner);

    public static NodeException Refused(string what, int error) => Errno.IsPermission(error) ? Permission(null)
        : new(NodeErrorId.DropWatchFailed, NodeFailure.Failed, Target,
            $"The kernel does not give {what}: {Errno.Describe(error)}.", Instead);

    /// <summary>The verifier did not take the program.</summary>
    public static NodeException Rejected(int error, string words) => IsLockedDown()
        ? new NodeException(NodeErrorId.DropWatchUnsupported, NodeFailure.Unsupported, Target,
            "The kernel is locked down (confidentiality): no program may read its memory.", Instead)
        : new NodeException(NodeErrorId.DropWatchFailed, NodeFailure.Refused, Target,
            $"The kernel does not take the program: {Errno.Describe(error)}: {words}", Instead);

    private static bool IsLockedDown()
    {
        try
        {
            return File.ReadAllText(LockdownFile).Contains("[confidentiality]", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
