using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace VxlanCsum.Netfilter.Iptables;

/// <summary>IPv4 addresses as these tools print them.</summary>
internal static class Ipv4Text
{
    /// <summary>"10.96.0.10", "10.244.0.0/16"; false for any other way of writing addresses, right or wrong.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out uint address, out uint mask)
    {
        (address, mask) = (0, 0);
        int at = 0;
        for (int part = 0; part < 4; part++)
        {
            if ((part > 0 && (at == text.Length || text[at++] != (byte)'.'))
                || !TryPart(text, ref at, out uint value))
            {
                return false;
            }

            address = (address << 8) | value;
        }

        int length = 32;
        if (at < text.Length && !TryLength(text[at..], out length))
        {
            return false;
        }

        mask = length == 0 ? 0 : uint.MaxValue << (32 - length);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryPart(ReadOnlySpan<byte> text, ref int at, out uint value)
    {
        int start = at;
        value = 0;
        while (at < text.Length && at < start + 3 && (uint)(text[at] - '0') <= 9)
        {
            value = (value * 10) + text[at++] - '0';
        }

        // A leading zero may mean an octal number.
        return at > start && value <= 255 && (text[start] != (byte)'0' || at == start + 1);
    }

    /// <summary>"/16".</summary>
    private static bool TryLength(ReadOnlySpan<byte> text, out int length)
    {
        length = 0;
        return text.Length > 1 && text[0] == (byte)'/' && (uint)(text[1] - '0') <= 9
            && Utf8Parser.TryParse(text[1..], out length, out int used) && used == text.Length - 1 && length <= 32;
    }
}
