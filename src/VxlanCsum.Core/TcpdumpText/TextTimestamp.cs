using System.Globalization;

namespace VxlanCsum.TcpdumpText;

/// <summary>The time that stands before a packet, in each form of tcpdump's -t.</summary>
internal static class TextTimestamp
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>What tcpdump prints where it cannot convert a time.</summary>
    private static readonly string[] Unprintable = ["[Error converting time] ", "[timestamp overflow] ",
        "[localtime() or gmtime() couldn't convert the date and time] "];

    /// <summary>
    /// Reads a time at the beginning of <paramref name="text"/>: "17:44:04.516502", "-00:00:01.5", "1586273044.516502",
    /// "2020-04-07 17:44:04.516502"; behind a packet number (" 12 ") and lengths ("caplen 82 len 82 ") where they
    /// stand.
    /// </summary>
    /// <param name="text">A line without leading white space.</param>
    /// <param name="nanoseconds">Since 1970-01-01: a time without a date counts from there, local time as if it were
    /// UTC; 0 where unprintable.</param>
    /// <param name="length">Characters up to what follows the time.</param>
    public static bool TryRead(ReadOnlySpan<char> text, out long nanoseconds, out int length)
    {
        nanoseconds = 0;
        int at = SkipNumberAndLengths(text);
        foreach (string words in Unprintable)
        {
            if (text[at..].StartsWith(words, StringComparison.Ordinal))
            {
                length = at + words.Length;
                return true;
            }
        }

        long seconds = 0;
        bool negative = at < text.Length && text[at] == '-';
        int start = at + (negative ? 1 : 0);
        int end = start;
        if (TryDate(text[start..], out long day))
        {
            seconds = day;
            end = start + 11;
        }

        ReadOnlySpan<char> rest = text[end..];
        int clock = TryClock(rest, out long timeOfDay) ? 8 : 0;
        if (clock == 0 && end == start)
        {
            // Unix time. Ten digits reach from 2001 to 2286; fewer would be mistaken for other numbers.
            clock = CountDigits(rest);
            if (clock != 10
                || !long.TryParse(rest[..clock], NumberStyles.None, CultureInfo.InvariantCulture, out timeOfDay))
            {
                clock = 0;
            }
        }

        length = 0;
        if (clock == 0 || !TryFraction(rest[clock..], out long fraction, out int digits))
        {
            return false;
        }

        length = end + clock + digits;
        if (length < text.Length && !char.IsWhiteSpace(text[length]))
        {
            return false;
        }

        // 64 bits of nanoseconds end in 2262.
        nanoseconds = (Math.Clamp(seconds + timeOfDay, -9_000_000_000, 9_000_000_000) * NanosecondsPerSecond)
            + fraction;
        nanoseconds = negative ? -nanoseconds : nanoseconds;
        return true;
    }

    private static int SkipNumberAndLengths(ReadOnlySpan<char> text)
    {
        int digits = CountDigits(text), at = 0;
        if (digits is > 0 and < 10 && text[digits..] is [' ', ' ', ..])
        {
            at = digits + 2;
            at += text[at..].Length - text[at..].TrimStart(' ').Length;
        }

        foreach (string word in (ReadOnlySpan<string>)["caplen ", "len "])
        {
            if (text[at..].StartsWith(word, StringComparison.Ordinal))
            {
                int number = CountDigits(text[(at + word.Length)..]);
                at += word.Length + number;
                at += at < text.Length && text[at] == ' ' ? 1 : 0;
            }
        }

        return at;
    }

    private static bool TryDate(ReadOnlySpan<char> text, out long seconds)
    {
        seconds = 0;
        if (text.Length < 11 || text[10] != ' '
            || !DateTime.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None,
                out DateTime day))
        {
            return false;
        }

        seconds = (day - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
        return true;
    }

    private static bool TryClock(ReadOnlySpan<char> text, out long seconds)
    {
        seconds = 0;
        if (text.Length < 8 || text[2] != ':' || text[5] != ':')
        {
            return false;
        }

        int hours = TwoDigits(text), minutes = TwoDigits(text[3..]), rest = TwoDigits(text[6..]);
        seconds = (hours * 3600) + (minutes * 60) + rest;
        return hours is >= 0 and < 24 && minutes is >= 0 and < 60 && rest is >= 0 and <= 60;
    }

    private static int TwoDigits(ReadOnlySpan<char> text) =>
        char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[1]) ? ((text[0] - '0') * 10) + text[1] - '0' : -1;

    /// <summary>".516502", or nine digits for nanoseconds; digits beyond are not tcpdump's.</summary>
    private static bool TryFraction(ReadOnlySpan<char> text, out long nanoseconds, out int length)
    {
        nanoseconds = 0;
        length = 0;
        if (text.IsEmpty || text[0] != '.')
        {
            return false;
        }

        // Programs' logs have three digits. Seven, eight and ten are a damaged capture's microseconds: more than a
        // second.
        int digits = CountDigits(text[1..]);
        if (digits is < 6 or > 10 || (digits is not (6 or 9) && !IsIp(text[(digits + 1)..])))
        {
            return false;
        }

        nanoseconds = long.Parse(text.Slice(1, digits), NumberStyles.None, CultureInfo.InvariantCulture) * (digits == 9
            ? 1 : 1000);
        length = digits + 1;
        return true;
    }

    private static bool IsIp(ReadOnlySpan<char> text) =>
        text.StartsWith(" IP ", StringComparison.Ordinal) || text.StartsWith(" IP6 ", StringComparison.Ordinal);

    private static int CountDigits(ReadOnlySpan<char> text)
    {
        int count = text.IndexOfAnyExceptInRange('0', '9');
        return count < 0 ? text.Length : count;
    }
}
