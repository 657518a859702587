using System.Buffers.Text;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Iptables;

/// <summary>The counters behind a chain's policy: "[p:b]" of a save, "-c p b" of -S -v.</summary>
internal static class ChainCounters
{
    public static (long Packets, long Bytes)? Parse(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t"u8);
        if (!text.StartsWith("-c "u8))
        {
            return Counter.Parse(text, out _);
        }

        text = text[3..].TrimStart((byte)' ');
        return Utf8Parser.TryParse(text, out long packets, out int used)
            && Utf8Parser.TryParse(text[used..].TrimStart((byte)' '), out long bytes, out _) && packets >= 0
            && bytes >= 0
            ? (packets, bytes)
            : null;
    }
}
