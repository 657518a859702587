using System.Buffers.Text;

namespace VxlanCsum.Netfilter.Rules;

/// <summary>"[packets:bytes]".</summary>
internal static class Counter
{
    /// <summary>The counters at the start of the text, and how many bytes they take; null where there are
    /// none.</summary>
    public static (long Packets, long Bytes)? Parse(ReadOnlySpan<byte> text, out int length)
    {
        length = 0;
        if (text.IsEmpty || text[0] != (byte)'['
            || !Utf8Parser.TryParse(text[1..], out long packets, out int first) || packets < 0
            || text.Length <= first + 1 || text[first + 1] != (byte)':'
            || !Utf8Parser.TryParse(text[(first + 2)..], out long bytes, out int second) || bytes < 0
            || text.Length <= first + second + 2 || text[first + second + 2] != (byte)']')
        {
            return null;
        }

        length = first + second + 3;
        return (packets, bytes);
    }
}
