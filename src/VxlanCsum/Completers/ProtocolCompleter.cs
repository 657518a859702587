using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VxlanCsum.Completers;

/// <summary>Completes the protocols of service traffic.</summary>
public sealed class ProtocolCompleter : IArgumentCompleter
{
    private static readonly (string Text, string ToolTip)[] s_known =
    [
        ("tcp", "6: connections stall for a second or more"),
        ("udp", "17: DNS and others; retried after five seconds"),
        ("sctp", "132"),
    ];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst,
        IDictionary fakeBoundParameters) =>
        Completion.Offer(wordToComplete, s_known);
}
