using System.Text;

namespace VxlanCsum.TcpdumpText;

/// <summary>A pasted line without what pasting added: colours, quote markers, entities, indentation.</summary>
/// <param name="Number">1-based, in the text.</param>
/// <param name="Text">Without leading and trailing white space.</param>
/// <param name="Indent">Columns before the text; a tab counts up to the next multiple of 8.</param>
internal readonly record struct TextLine(long Number, string Text, int Indent)
{
    /// <summary>Longer lines are cut: tcpdump's own facts stand at the beginning.</summary>
    public const int MaxLength = 16 * 1024;

    private const char Escape = '\u001b', ByteOrderMark = '\ufeff', NoBreakSpace = '\u00a0', ZeroWidthSpace = '\u200b';

    /// <summary>Cleans a raw line.</summary>
    /// <param name="raw">One line; line breaks at its end do not matter.</param>
    /// <param name="number">Its number.</param>
    /// <param name="keepMarker">A leading '&gt;' belongs to the text (the arrow between two addresses, wrapped), and is
    /// not a mark of quotation.</param>
    public static TextLine Clean(string raw, long number, bool keepMarker)
    {
        ReadOnlySpan<char> text = raw.AsSpan(0, Math.Min(raw.Length, MaxLength));
        if (text.IndexOfAny(Escape, NoBreakSpace, ZeroWidthSpace) >= 0
            || text.IndexOfAny('&', '\0', ByteOrderMark) >= 0)
        {
            text = Scrub(text);
        }

        int indent = 0, at = 0;
        for (; at < text.Length; at++)
        {
            if (text[at] == '\t')
            {
                indent = (indent | 7) + 1;
            }
            else if (char.IsWhiteSpace(text[at]))
            {
                indent++;
            }
            else if (text[at] == '>' && !keepMarker)
            {
                // What stands behind a mark of quotation has columns of its own; one blank belongs to the mark.
                indent = 0;
                at += at + 1 < text.Length && text[at + 1] == ' ' ? 1 : 0;
            }
            else
            {
                break;
            }
        }

        return new TextLine(number, text[at..].TrimEnd().ToString(), indent);
    }

    /// <summary>Does the line begin with a mark of quotation?</summary>
    public static bool HasMarker(string raw) => raw.AsSpan().TrimStart() is ['>', ..];

    private static string Scrub(ReadOnlySpan<char> text)
    {
        StringBuilder clean = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case Escape:
                    i = EndOfSequence(text, i);
                    break;
                case ByteOrderMark or ZeroWidthSpace or '\0':
                    break;
                case NoBreakSpace:
                    clean.Append(' ');
                    break;
                default:
                    clean.Append(text[i]);
                    break;
            }
        }

        return clean.Replace("&gt;", ">").Replace("&lt;", "<").Replace("&quot;", "\"").Replace("&nbsp;", " ")
            .Replace("&amp;", "&").ToString();
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
