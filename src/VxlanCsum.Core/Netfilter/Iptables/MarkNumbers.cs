using System.Buffers.Text;

namespace VxlanCsum.Netfilter.Iptables;

/// <summary>"0x4000/0x4000", "16384", "0x1".</summary>
internal static class MarkNumbers
{
    public static bool TryPair(ReadOnlySpan<byte> text, out uint value, out uint mask)
    {
        mask = uint.MaxValue;
        int slash = text.IndexOf((byte)'/');
        return slash < 0
            ? TryOne(text, out value)
            : TryOne(text[..slash], out value) & TryOne(text[(slash + 1)..], out mask);
    }

    public static bool TryOne(ReadOnlySpan<byte> text, out uint value)
    {
        bool hex = text.StartsWith("0x"u8) || text.StartsWith("0X"u8);
        ReadOnlySpan<byte> digits = hex ? text[2..] : text;
        return Utf8Parser.TryParse(digits, out value, out int used, hex ? 'x' : 'D') && used == digits.Length;
    }
}
