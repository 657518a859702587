using System.Text;

namespace VxlanCsum.TcpdumpText;

/// <summary>Lines of a text, each cut to what a line of tcpdump can need: a file without line feeds takes no more
/// memory than one with.</summary>
internal static class BoundedLines
{
    /// <summary>Reads line by line; CR, LF and CR LF end one.</summary>
    public static IEnumerable<string> Read(TextReader reader)
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
                line.Append(buffer, start, Math.Min(end - start, TextLine.MaxLength - line.Length));
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
