using System.Buffers;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace VxlanCsum.Shell.Session;

/// <summary>The statement that calls a script file with arguments.</summary>
/// <remarks>
/// A statement, where pwsh adds the file to the pipeline as a command: without pwsh's internals only a statement's end
/// puts a script file's <c>exit</c> into <c>$?</c>.
/// </remarks>
internal static class ScriptCall
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    /// <summary>The statement's text.</summary>
    /// <param name="path">The script file.</param>
    /// <param name="parameters">Its parameters: names without values, names with text or a boolean, and positional text.</param>
    /// <param name="readsInput">The script reads <c>$input</c>.</param>
    /// <param name="keepsVariables">What the script sets stays for the prompt that follows.</param>
    public static string Text(string path, IReadOnlyList<CommandParameter> parameters, bool readsInput, bool keepsVariables)
    {
        IEnumerable<string> words =
        [
            .. readsInput ? ["$input |"] : Array.Empty<string>(),
            keepsVariables ? "." : "&",
            Literal(path),
            .. parameters.Select(Word),
        ];
        return string.Join(' ', words);
    }

    private static string Word(CommandParameter parameter)
    {
        if (parameter.Name is not { } name)
        {
            return Literal(parameter.Value);
        }

        // Of a word that could not stand in a script as a parameter's name (--, --x, -1), the script gets the text.
        bool isName = name.Length > 1 && (char.IsLetter(name[1]) || name[1] == '_') && name.AsSpan(2).IndexOfAnyExcept(NameCharacters) < 0;
        return (isName, parameter.Value) switch
        {
            (true, null) => name,
            (true, object value) => $"{name}:{Literal(value)}",
            (false, null) => Literal(name),
            (false, object value) => $"{Literal(name + ":")} {Literal(value)}",
        };
    }

    private static string Literal(object? value) => value switch
    {
        true => "$true",
        false => "$false",
        _ => $"'{CodeGeneration.EscapeSingleQuotedStringContent(value?.ToString() ?? "")}'",
    };
}
