namespace VxlanCsum.TcpdumpText;

/// <summary>
/// The length of a TCP segment from its own line, for lines whose IP header was not pasted: header and options as
/// printed, and "length N" of the payload.
/// </summary>
internal static class TcpLengthText
{
    private const int Header = 20;

    /// <summary>The segment's length, or null where the line tells it not, or has an option whose size is not
    /// known.</summary>
    public static uint? Read(ReadOnlySpan<char> text)
    {
        int options = 0;
        int open = text.IndexOf(", options [");
        if (open >= 0)
        {
            ReadOnlySpan<char> list = text[(open + 11)..];
            int close = list.IndexOf(']');
            if (close < 0 || !TryCount(list[..close], out options))
            {
                return null;
            }

            text = list[close..];
        }

        int length = text.IndexOf(", length ");
        if (length < 0)
        {
            return null;
        }

        ReadOnlySpan<char> digits = text[(length + 9)..];
        int end = digits.IndexOfAnyExceptInRange('0', '9');
        return uint.TryParse(end < 0 ? digits : digits[..end], out uint payload) && payload <= 1 << 20
            ? (uint)(Header + ((options + 3) & ~3)) + payload
            : null;
    }

    private static bool TryCount(ReadOnlySpan<char> list, out int total)
    {
        total = 0;
        foreach (string option in list.ToString().Split(',', StringSplitOptions.TrimEntries))
        {
            if (SizeOf(option) is not { } size)
            {
                return false;
            }

            total += size;
        }

        return total <= 40;
    }

    private static int? SizeOf(string option) => option switch
    {
        "nop" or "eol" => 1,
        "sackOK" => 2,
        _ when option.StartsWith("mss ", StringComparison.Ordinal) => 4,
        _ when option.StartsWith("wscale ", StringComparison.Ordinal) => 3,
        _ when option.StartsWith("TS val ", StringComparison.Ordinal) => 10,
        _ when option.StartsWith("sack ", StringComparison.Ordinal) => 2 + (8 * option.AsSpan().Count(':')),
        _ => null,
    };
}
