namespace VxlanCsum.TcpdumpText;

/// <summary>A line of text with its indentation, and without marks of quotation.</summary>
/// <param name="Number">1-based, in the text.</param>
/// <param name="Text">Without leading and trailing white space.</param>
/// <param name="Indent">Columns before the text; a tab counts up to the next multiple of 8.</param>
internal readonly record struct TextLine(long Number, string Text, int Indent)
{
    /// <summary>Measures a line.</summary>
    /// <param name="raw">One line, stripped; line breaks at its end do not matter.</param>
    /// <param name="number">Its number.</param>
    /// <param name="keepMarker">A leading '&gt;' belongs to the text (the arrow between two addresses, wrapped), and is
    /// not a mark of quotation.</param>
    public static TextLine Clean(string raw, long number, bool keepMarker)
    {
        ReadOnlySpan<char> text = raw;
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
}
