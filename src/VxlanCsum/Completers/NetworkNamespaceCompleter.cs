using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.Completers;

/// <summary>Completes the names of network namespaces.</summary>
public sealed class NetworkNamespaceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst,
        IDictionary fakeBoundParameters) =>
        Completion.Offer(wordToComplete,
            NetworkNamespaceNames.List().Select(n => (n, $"Network namespace {n} (ip netns)")));
}
