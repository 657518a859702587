using System.Globalization;

namespace VxlanCsum.Netfilter.Rules;

/// <summary>Ports as these tools write them.</summary>
internal static class PortRanges
{
    /// <summary>"53", "1000:2000", ":1023", "1024:"; the names that nft prints for a few.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, char separator, out (ushort First, ushort Last) range)
    {
        range = default;
        int at = text.IndexOf(separator);
        if (at < 0)
        {
            if (!TryPort(text, out ushort port))
            {
                return false;
            }

            range = (port, port);
            return true;
        }

        ushort first = 0, last = ushort.MaxValue;
        if ((at > 0 && !TryPort(text[..at], out first))
            || (at < text.Length - 1 && !TryPort(text[(at + 1)..], out last)) || first > last)
        {
            return false;
        }

        range = (first, last);
        return true;
    }

    private static bool TryPort(ReadOnlySpan<char> text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port)
        || Services.TryFind(text, out port);
}
