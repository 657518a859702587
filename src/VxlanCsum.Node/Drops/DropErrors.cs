using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Interop;

namespace VxlanCsum.Node.Drops;

/// <summary>Why dropped packets cannot be watched, and what can be done instead.</summary>
internal static class DropErrors
{
    private const string Target = "kfree_skb";

    public static NodeException Unsupported(string problem, Exception? inner = null) =>
        new(NodeErrorId.DropWatchUnsupported, NodeFailure.Unsupported, Target, problem, DropAlternatives.Sentence(),
            inner);

    public static NodeException Permission(Exception? inner) => new(
        NodeErrorId.DropWatchPermission, NodeFailure.Permission, Target,
        "Watching dropped packets needs the capabilities CAP_BPF and CAP_PERFMON, before Linux 5.8 CAP_SYS_ADMIN.",
        "Run PowerShell as root, for example with sudo; in a container add the capabilities BPF and PERFMON, and allow "
        + $"the system call bpf. {DropAlternatives.Sentence()}", inner);

    public static NodeException Refused(string what, int error) => Errno.IsPermission(error) ? Permission(null)
        : error == Errno.NoCall ? Unsupported("This kernel has no BPF: it was built without CONFIG_BPF_SYSCALL.")
        : new(NodeErrorId.DropWatchFailed, NodeFailure.Failed, Target,
            $"The kernel does not give {what}: {Errno.Describe(error)}.", DropAlternatives.Sentence());

    /// <summary>The verifier did not take the program. In a lockdown it does not know how to read the kernel's
    /// memory.</summary>
    public static NodeException Rejected(int error, string words) => IsLockedDown
        || words.Contains("bpf_probe_read_kernel", StringComparison.Ordinal)
        ? Unsupported("The kernel is locked down (confidentiality): no program may read its memory.")
        : new NodeException(NodeErrorId.DropWatchFailed, NodeFailure.Refused, Target,
            $"The kernel does not take the program: {Errno.Describe(error)}: {words}", DropAlternatives.Sentence());

    private static bool IsLockedDown => DropAlternatives.IsLockedDown("confidentiality");
}
