using System.Text;

namespace VxlanCsum.Pasting;

/// <summary>Lines of a text, each cut to what a reader can need: a file without line feeds takes no more memory than
/// one
/// with.</summary>
internal static class BoundedLines
{
    /// <summary>Longer lines are cut: what programs print of a packet, a flow or a device stands at the
    /// beginning.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>Reads line by line; CR, LF and CR LF end one.</summary>
    /// <param name="reader">Read to its end.</param>
    /// <param name="longest">Characters of a line that are kept.</param>
    public static IEnumerable<string> Read(TextReader reader, int longest = MaxLength)
    {
        char[] buffer = new char[16 * 1024];
        StringBuilder line = new();
        bool any = false, wasReturn = false;
        for (int count = reader.Read(buffer, 0, buffer.Length); count
            > 0; count = reader.Read(buffer, 0, buffer.Length))
        {
            int start = 0;
            while (start < count)
            {
                if (wasReturn && buffer[start] == '\n')
                {
                    start++;
                    wasReturn = false;
                    continue;
                }

                wasReturn = false;
                int length = buffer.AsSpan(start, count - start).IndexOfAny('\r', '\n');
                int end = length < 0 ? count : start + length;
                line.Append(buffer, start, Math.Min(end - start, longest - line.Length));
                any = true;
                if (length >= 0)
                {
                    yield return line.ToString();
                    line.Clear();
                    any = false;
                    wasReturn = buffer[end] == '\r';
                }

                start = end + (length < 0 ? 0 : 1);
            }
        }

        if (any)
        {
            yield return line.ToString();
        }
    }
}
