using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace VxlanCsum.Completers;

/// <summary>Completes whether a feature is to be on, in ethtool's words and in PowerShell's.</summary>
public sealed class OnOffCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst,
        IDictionary fakeBoundParameters) =>
        Completion.Offer(wordToComplete,
            [("off", "Turn it off"), ("on", "Turn it on"), ("$false", "Turn it off"), ("$true", "Turn it on")]);
}
