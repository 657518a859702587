using System.Text;

namespace VxlanCsum.Reports.Writing;

/// <summary>Text that Markdown shows as it is: no markup, no HTML, no links, and nobody is mentioned.</summary>
internal static class MarkdownText
{
    /// <summary>Ticket systems make links and notices of these when something follows: @user, #12, !3, ~label, %goal,
    /// &amp;4, $5.</summary>
    private const string Callers = "@#!~%&$";

    /// <summary>CommonMark's own marks, and those of GitHub's and GitLab's tables, mathematics and
    /// strikethrough.</summary>
    private const string Marks = "\\`*_{}[]<>|~^$";

    /// <summary>Running text.</summary>
    public static string Prose(string text)
    {
        string line = ReportText.Line(text).Trim();
        var shown = new StringBuilder(line.Length + 16);
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i], next = i + 1 < line.Length ? line[i + 1] : ' ';
            shown.Append(c == '&' ? "&amp;"
                : Marks.Contains(c, StringComparison.Ordinal) || IsMarkHere(line, i, next) ? $"\\{c}" : c.ToString());
            shown.Append(Calls(c, next) || Links(line, i, next) ? "<!-- -->" : "");
        }

        return shown.ToString();
    }

    /// <summary>At the line's beginning: a heading, a list, a rule, a numbered list.</summary>
    private static bool IsMarkHere(string line, int at, char next) =>
        (at == 0 && "#+-=:".Contains(line[at], StringComparison.Ordinal))
        || (line[at] is '.' or ')' && at > 0 && next == ' '
            && line.AsSpan(0, at).IndexOfAnyExceptInRange('0', '9') < 0);

    private static bool Calls(char c, char next) =>
        Callers.Contains(c, StringComparison.Ordinal) && (char.IsLetterOrDigit(next) || next is '"' or '{');

    /// <summary>"http:" before its slash, "www." behind its dot.</summary>
    private static bool Links(string line, int at, char next) =>
        (line[at] == ':' && next == '/')
        || (line[at] == '.' && at >= 3
            && string.Compare(line, at - 3, "www", 0, 3, StringComparison.OrdinalIgnoreCase) == 0);

    /// <summary>The same in a table, whose bars end also a code span.</summary>
    public static string Cell(string text) => Code(text).Replace("|", "\\|", StringComparison.Ordinal);

    /// <summary>Names, rules and commands: nothing acts inside of a code span.</summary>
    public static string Code(string text)
    {
        string line = ReportText.Line(text);
        if (line.AsSpan().Trim().IsEmpty)
        {
            return string.Empty;
        }

        string fence = new('`', LongestTicks(line) + 1);
        string gap = line[0] is '`' or ' ' || line[^1] is '`' or ' ' ? " " : "";
        return fence + gap + line + gap + fence;
    }

    /// <summary>The longest run of backticks.</summary>
    public static int LongestTicks(string text)
    {
        int longest = 0, run = 0;
        foreach (char c in text)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
