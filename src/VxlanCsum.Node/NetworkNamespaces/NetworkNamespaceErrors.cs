using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Interop;
using VxlanCsum.Text;

namespace VxlanCsum.Node.NetworkNamespaces;

/// <summary>What can go wrong with a network namespace, in words that say what to do.</summary>
internal static class NetworkNamespaceErrors
{
    private const string Specs =
        "Give a name that `ip netns` lists, a path such as /proc/1/ns/net, or the id of a process in it.";

    public static NodeException BadName(string spec) =>
        new(NodeErrorId.NamespaceInvalid, NodeFailure.InvalidArgument, spec,
            $"'{SafeText.Escape(spec)}' cannot name a network namespace.", Specs);

    public static NodeException NoSuchName(string spec, IReadOnlyList<string> known) =>
        new(NodeErrorId.NamespaceNotFound, NodeFailure.NotFound, spec,
            $"There is no network namespace '{SafeText.Escape(spec)}'.",
            known.Count == 0
                ? $"`ip netns` has no names here. {Specs}"
                : $"Known names: "
                    + $"{string.Join(", ", known.Take(8).Select(n => SafeText.Escape(n)))}"
                    + $"{(known.Count > 8 ? ", ..." : "")}. {Specs}");

    public static NodeException NotANamespace(string spec, string path) =>
        new(NodeErrorId.NamespaceInvalid, NodeFailure.InvalidArgument, spec,
            $"{SafeText.Escape(path)} is not a network namespace.", Specs);

    public static NodeException Opening(string spec, string path, int error) => error switch
    {
        Errno.NoEntry or Errno.NoProcess or Errno.NotDirectory => new(
            NodeErrorId.NamespaceNotFound, NodeFailure.NotFound, spec,
            path.StartsWith("/proc/", StringComparison.Ordinal)
                ? $"There is no network namespace at {SafeText.Escape(path)}: no such process, or it has ended."
                : $"There is no network namespace at {SafeText.Escape(path)}.",
            Specs),
        Errno.NotPermitted or Errno.Access => new(
            NodeErrorId.NamespacePermission, NodeFailure.Permission, spec,
            $"The network namespace {SafeText.Escape(path)} may not be opened.",
            "Another user's process needs CAP_SYS_PTRACE: run PowerShell as root, for example with sudo."),
        _ => new(NodeErrorId.NamespaceFailed, NodeFailure.Failed, spec,
            $"The network namespace {SafeText.Escape(path)} could not be opened: {Errno.Describe(error)}."),
    };

    public static NodeException Entering(string spec, int error) => Errno.IsPermission(error)
        ? new(NodeErrorId.NamespacePermission, NodeFailure.Permission, spec,
            $"The network namespace '{SafeText.Escape(spec)}' may not be entered: that needs the capability "
            + $"CAP_SYS_ADMIN.",
            "Run PowerShell as root, for example with sudo; in a container add the capability SYS_ADMIN.")
        : new(NodeErrorId.NamespaceFailed, NodeFailure.Failed, spec,
            $"The network namespace '{SafeText.Escape(spec)}' could not be entered: {Errno.Describe(error)}.");
}
