using System.Management.Automation.Runspaces;

namespace VxlanCsum.Shell.CommandLine;

/// <summary>Turns what follows a script file's name into the script's parameters, by pwsh's rules.</summary>
internal static class ScriptParameters
{
    /// <summary>
    /// <c>-Name</c> and <c>-Name:value</c> name a parameter, <c>-Name:</c> takes the next word as its value, and
    /// everything else is positional. A value after a colon that reads <c>$true</c> or <c>$false</c> is that boolean.
    /// </summary>
    public static IReadOnlyList<CommandParameter> From(ReadOnlySpan<string> words)
    {
        List<CommandParameter> parameters = [];
        string? waiting = null;
        foreach (string word in words)
        {
            if (waiting is not null)
            {
                parameters.Add(new CommandParameter(waiting, word));
                waiting = null;
                continue;
            }

            if (word.Length < 2 || !ArgumentParser.IsDash(word[0]))
            {
                parameters.Add(new CommandParameter(null, word));
                continue;
            }

            int colon = word.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                parameters.Add(new CommandParameter(word));
            }
            else if (colon == word.Length - 1)
            {
                waiting = word[..colon];
            }
            else
            {
                parameters.Add(new CommandParameter(word[..colon], BooleanOrText(word[(colon + 1)..])));
            }
        }

        return parameters;
    }

    private static object BooleanOrText(string value) =>
        bool.TryParse(value.StartsWith('$') ? value[1..] : value, out bool boolean) ? boolean : value;
}
