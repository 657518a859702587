using System.Buffers.Text;

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
            int start = at;
            uint value = 0;
            while (at < text.Length && at < start + 3 && (uint)(text[at] - '0') <= 9)
            {
                value = (value * 10) + text[at++] - '0';
            }

            // A leading zero may mean an octal number.
            if (at == start || value > 255 || (text[start] == (byte)'0' && at > start + 1)
                || (part < 3 && (at == text.Length || text[at++] != (byte)'.')))
            {
                return false;
            }

            address = (address << 8) | value;
        }

        int length = 32;
        if (at < text.Length && (text[at] != (byte)'/'
            || !Utf8Parser.TryParse(text[(at + 1)..], out length, out int used)
            || at + 1 + used != text.Length || length is < 0 or > 32 || (uint)(text[at + 1] - '0') > 9))
        {
            return false;
        }

        mask = length == 0 ? 0 : uint.MaxValue << (32 - length);
        return true;
    }
}
