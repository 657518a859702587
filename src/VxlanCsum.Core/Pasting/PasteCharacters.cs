using System.Text;

namespace VxlanCsum.Pasting;

/// <summary>What terminals, mailers, word processors and web pages do to the characters of a line, undone.</summary>
internal static class PasteCharacters
{
    private const char Escape = '\u001b', ByteOrderMark = '\ufeff', NoBreakSpace = '\u00a0', ZeroWidthSpace = '\u200b',
        NarrowSpace = '\u202f';

    /// <summary>Programs print none of these, except the first two for good reasons.</summary>
    private static readonly System.Buffers.SearchValues<char> s_suspicious = System.Buffers.SearchValues.Create(
        "&\u001b\0\ufeff\u00a0\u200b\u202f\u2010\u2011\u2212\u2013\u2014\u2018\u2019\u201c\u201d\u2192\u27a1\u21d2\u203a");

    /// <summary>The line with plain characters: no colours, no entities, no typographer's dashes, quotes and
    /// arrows.</summary>
    public static string Plain(string line) =>
        line.AsSpan().IndexOfAny(s_suspicious) < 0 ? line : Replace(line);

    private static string Replace(string line)
    {
        StringBuilder clean = new(line.Length);
        for (int i = 0; i < line.Length; i++)
        {
            switch (line[i])
            {
                case Escape:
                    i = EndOfSequence(line, i);
                    break;
                case ByteOrderMark or ZeroWidthSpace or '\0':
                    break;
                case NoBreakSpace or NarrowSpace:
                    clean.Append(' ');
                    break;
                case '\u2018' or '\u2019':
                    clean.Append('\'');
                    break;
                case '\u201c' or '\u201d':
                    clean.Append('"');
                    break;
                case '\u2010' or '\u2011' or '\u2212':
                    clean.Append('-');
                    break;
                case '\u2013' or '\u2014':
                    clean.Append(Dash(line, i));
                    break;
                case '\u2192' or '\u27a1' or '\u21d2' or '\u203a':
                    clean.Append(Arrow(clean));
                    break;
                default:
                    clean.Append(line[i]);
                    break;
            }
        }

        // Last the ampersand: "&amp;gt;" was quoted twice and stays what it says.
        return clean.Replace("&gt;", ">").Replace("&lt;", "<").Replace("&quot;", "\"").Replace("&#39;", "'")
            .Replace("&#x27;", "'").Replace("&nbsp;", " ").Replace("&amp;", "&").ToString();
    }

    /// <summary>"--" became a long dash: before a word of several letters it was two, before ">" or one letter
    /// one.</summary>
    private static string Dash(string line, int at)
    {
        bool beginsWord = at == 0 || char.IsWhiteSpace(line[at - 1]);
        bool isWord = at + 2 < line.Length && char.IsAsciiLetter(line[at + 1])
            && char.IsAsciiLetterOrDigit(line[at + 2]);
        return beginsWord && isWord ? "--" : "-";
    }

    /// <summary>Between two checksums tcpdump writes "->", between two addresses ">".</summary>
    private static string Arrow(StringBuilder before)
    {
        int end = before.Length;
        while (end > 0 && before[end - 1] == ' ')
        {
            end--;
        }

        int start = end;
        while (start > 0 && char.IsAsciiHexDigit(before[start - 1]))
        {
            start--;
        }

        return start < end && start > 0 && before[start - 1] == 'x' ? "->" : ">";
    }

    /// <summary>The last character of a terminal's control sequence (ECMA-48: ESC [ parameters, final byte), or of a
    /// lone escape.</summary>
    private static int EndOfSequence(ReadOnlySpan<char> text, int at)
    {
        if (at + 1 >= text.Length || text[at + 1] != '[')
        {
            return Math.Min(at + 1, text.Length - 1);
        }

        for (at += 2; at < text.Length && text[at] is < '@' or > '~'; at++)
        {
        }

        return Math.Min(at, text.Length - 1);
    }
}
