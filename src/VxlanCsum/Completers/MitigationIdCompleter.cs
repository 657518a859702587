using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using VxlanCsum.Node.Journals;

namespace VxlanCsum.Completers;

/// <summary>Completes the ids of mitigations that can be undone, the last first.</summary>
public sealed class MitigationIdCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        string path = Completion.Bound(fakeBoundParameters, "JournalPath") ?? Journal.DefaultPath;
        return Completion.Offer(wordToComplete,
            Completion.Try(() => new Journal(path).Read()).Where(static e => e.IsOpen).Reverse().Select(static e => (
            e.Id, string.Create(CultureInfo.InvariantCulture,
                $"{e.Intent.Name}, {e.State.ToString().ToLowerInvariant()} {e.Time:u}"
                    + $"{(e.Intent.NetworkNamespace is { } place ? $", namespace {place}" : "")}"))));
    }
}
