using System.Management.Automation.Language;

namespace VxlanCsum.Shell.Prompt;

/// <summary>File names for Tab. The engine asks the Management module for them, which is not here.</summary>
internal static class FileCompletions
{
    private const int Most = 1000;
    private const string WordBreaks = " \t;|(),{}=<>&";
    private const string Harmless = "_-./~:+%";

    /// <summary>
    /// The files and folders whose paths begin with the word before the cursor, as a command line would hold them, and
    /// where that word begins. Folders end with a slash; hidden ones need their dot.
    /// </summary>
    public static (int Start, IReadOnlyList<string> Paths) Find(string line, int cursor, string folder)
    {
        int start = WordStart(line.AsSpan(0, cursor));
        string word = line[start..cursor].Trim('\'', '"');
        if (word.StartsWith('-') || word.StartsWith('$'))
        {
            return (start, []);
        }

        int nameStart = word.LastIndexOf('/') + 1;
        string typed = word[..nameStart];
        string name = word[nameStart..];
        try
        {
            EnumerationOptions options = new() { AttributesToSkip = name.StartsWith('.') ? 0 : FileAttributes.Hidden };
            IEnumerable<string> paths = new DirectoryInfo(Path.GetFullPath(ExpandHome(typed), folder))
                .EnumerateFileSystemInfos("*", options)
                .Where(entry => entry.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                .OrderBy(entry => entry.Name, StringComparer.Ordinal)
                .Take(Most)
                .Select(entry => Quote(typed + entry.Name + (entry is DirectoryInfo ? "/" : "")));
            return (start, [.. paths]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (start, []);
        }
    }

    /// <summary>Where the word at the end of a text begins; blanks between quotes belong to it.</summary>
    private static int WordStart(ReadOnlySpan<char> text)
    {
        int start = 0;
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            if (quote != '\0')
            {
                quote = text[i] == quote ? '\0' : quote;
            }
            else if (text[i] is '\'' or '"')
            {
                quote = text[i];
            }
            else if (WordBreaks.Contains(text[i], StringComparison.Ordinal))
            {
                start = i + 1;
            }
        }

        return start;
    }

    private static string ExpandHome(string path) => path.StartsWith("~/", StringComparison.Ordinal)
        ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..]
        : path;

    private static string Quote(string path) =>
        path.All(character => char.IsLetterOrDigit(character) || Harmless.Contains(character, StringComparison.Ordinal))
            ? path
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(path)}'";
}
