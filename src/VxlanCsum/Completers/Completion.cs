using System.Collections;
using System.Management.Automation;
using VxlanCsum.Node.Errors;
using VxlanCsum.Text;

namespace VxlanCsum.Completers;

/// <summary>What the argument completers share.</summary>
internal static class Completion
{
    /// <summary>The candidates that begin with the word, quoted where they need it.</summary>
    public static IEnumerable<CompletionResult> Offer(string word,
        IEnumerable<(string Text, string ToolTip)> candidates)
    {
        string start = word.Trim('\'', '"');
        foreach ((string text, string tip) in candidates)
        {
            if (text.StartsWith(start, StringComparison.OrdinalIgnoreCase))
            {
                yield return new CompletionResult(ScriptWord.Quote(text), text, CompletionResultType.ParameterValue,
                    tip.Length > 0 ? tip : text);
            }
        }
    }

    /// <summary>Reads the machine; where that fails there is nothing to offer, and the cmdlet itself will say
    /// why.</summary>
    public static IReadOnlyList<T> Try<T>(Func<IReadOnlyList<T>> read)
    {
        try
        {
            return read();
        }
        catch (NodeException)
        {
            return [];
        }
    }

    /// <summary>The value of a parameter that stands on the command line already.</summary>
    public static string? Bound(IDictionary parameters, string name) =>
        parameters[name] is { } value && LanguagePrimitives.TryConvertTo(value, out string text) && text.Length > 0
            ? text : null;
}
