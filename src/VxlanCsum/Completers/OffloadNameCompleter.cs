using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using VxlanCsum.Offloads;

namespace VxlanCsum.Completers;

/// <summary>Completes the names of offload features and of their groups, those that concern checksums first.</summary>
public sealed class OffloadNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst,
        IDictionary fakeBoundParameters) =>
        Completion.Offer(wordToComplete, Candidates());

    private static IEnumerable<(string Text, string ToolTip)> Candidates()
    {
        foreach (OffloadGroup group in OffloadTable.Groups)
        {
            string members = group.OnlyMember
                ?? string.Join(", ", OffloadTable.Kinds.Where(k => group.Holds(k.Name)).Select(k => k.Name));
            yield return (group.Long, $"{group.About} ({members})");
            yield return (group.Short, $"Short for {group.Long}: {group.About}");
        }

        foreach (OffloadKind kind in OffloadTable.Kinds.OrderByDescending(k => k.IsChecksum))
        {
            yield return (kind.Name, $"{kind.About} ({kind.Flag})");
        }
    }
}
