using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using VxlanCsum.Node.Clusters;
using VxlanCsum.Text;

namespace VxlanCsum.Completers;

/// <summary>Completes the contexts of the kubeconfig that the command line names, or of kubectl's own.</summary>
public sealed class KubeContextCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst,
        IDictionary fakeBoundParameters) =>
        Completion.Offer(wordToComplete, Completion.Try<(string, string)>(() =>
            [.. Kubeconfig.Read(Completion.Bound(fakeBoundParameters, "Kubeconfig")).Contexts.Where(
                static c => SafeText.Escape(c) == c).Select(static c => (c, string.Empty))]));
}
