using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VxlanCsum.Completers;

/// <summary>Completes names of tables.</summary>
public sealed class TableCompleter : IArgumentCompleter
{
    private static readonly (string Text, string ToolTip)[] s_known =
    [
        ("nat", "Addresses and ports of new connections: MASQUERADE, SNAT, DNAT"),
        ("mangle", "Marks"),
        ("raw", "Before connections are followed: NOTRACK"),
        ("filter", "Who may"),
        ("security", "Labels"),
        ("kube-proxy", "kube-proxy's own table in nftables mode"),
    ];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst,
        IDictionary fakeBoundParameters) =>
        Completion.Offer(wordToComplete, s_known);
}
