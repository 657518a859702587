using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using VxlanCsum.Node.Probes;

namespace VxlanCsum.Completers;

/// <summary>Completes the addresses of the cluster's DNS, of the namespace that the command line names.</summary>
public sealed class ClusterDnsCompleter : IArgumentCompleter
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        string? place = Completion.Bound(fakeBoundParameters, "NetworkNamespace");
        return Completion.Offer(wordToComplete, Completion.Try<(string, string)>(() =>
        {
            ClusterDns found = ClusterDns.Find(place, s_patience, CancellationToken.None);
            return [.. found.Servers.Select(s => (s.ToString(), $"The cluster's DNS, from {found.Origin}"))];
        }));
    }
}
