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
        int at = 0;
        if (!TryNumber(text, (byte)'[', ref at, out long packets)
            || !TryNumber(text, (byte)':', ref at, out long bytes) || at >= text.Length || text[at] != (byte)']')
        {
            return null;
        }

        length = at + 1;
        return (packets, bytes);
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, byte lead, ref int at, out long number)
    {
        number = -1;
        if (at < text.Length && text[at] == lead && Utf8Parser.TryParse(text[(at + 1)..], out number, out int used))
        {
            at += used + 1;
        }

        return number >= 0;
    }
}
