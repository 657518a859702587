using VxlanCsum.Node.Journals;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.Node.Mitigations;

/// <summary>Where mitigations are applied and undone, and how long to wait for others.</summary>
internal sealed record MitigationContext(string? NamespaceSpec, Journal Journal, TimeSpan Timeout,
    CancellationToken Cancellation)
{
    private const string BootIdPath = "/proc/sys/kernel/random/boot_id";

    /// <summary>Of the running kernel; empty where it does not say.</summary>
    public static string BootId => File.Exists(BootIdPath) ? File.ReadAllText(BootIdPath).Trim() : string.Empty;

    /// <summary>Runs work within the namespace.</summary>
    public T Run<T>(Func<T> work) => NetworkNamespace.Within(NamespaceSpec, work);
}
