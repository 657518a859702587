using System.Management.Automation;
using VxlanCsum.Completers;
using VxlanCsum.Errors;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.Commands;

/// <summary>What all cmdlets share that look at a machine's network: the network namespace, and how errors are
/// told.</summary>
public abstract class NamespaceCommand : StoppableCommand
{
    /// <summary>
    /// The network namespace: a name that `ip netns` lists, a path such as /proc/1/ns/net, or the id of a process in
    /// it, such as a pod's. Default: the session's own, which never changes.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NetworkNamespaceCompleter))]
    [Alias("Netns")]
    public string? NetworkNamespace { get; set; }

    /// <summary>The namespace as given; null for the session's own.</summary>
    private protected string? Namespace => string.IsNullOrEmpty(NetworkNamespace) ? null : NetworkNamespace;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        // A script's empty variable must not turn into the host's namespace. Objects of the host's namespace bring an
        // empty one through the pipeline, which is bound only later.
        if (MyInvocation.BoundParameters.ContainsKey(nameof(NetworkNamespace))
            && string.IsNullOrEmpty(NetworkNamespace))
        {
            ThrowTerminatingError(NodeErrors.Record(NetworkNamespaceErrors.BadName(string.Empty)));
        }
    }

    /// <summary>Runs work that opens what it opens within the namespace.</summary>
    private protected T InNamespace<T>(Func<T> work) => Node.NetworkNamespaces.NetworkNamespace.Within(Namespace, work);
}
