using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace VxlanCsum.Netfilter;

/// <summary>
/// Divides a rule into its options, as iptables-restore divides words (add_param_to_argv) and getopt_long takes them.
/// Nothing is copied: the entries are offsets into the line.
/// </summary>
internal static class RuleScanner
{
    /// <summary>What <see cref="Scan"/> returns where the entries do not fit.</summary>
    public const int TooMany = -2;

    private const byte Space = (byte)' ';
    private const byte Quote = (byte)'"';
    private const byte Backslash = (byte)'\\';

    /// <summary>The end of the word that begins at <paramref name="position"/>; -1 where a quote is not closed.</summary>
    /// <remarks>A quote opens anywhere, a backslash escapes only inside quotes, a closing quote ends the word.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int WordEnd(ReadOnlySpan<byte> line, int position)
    {
        while (position < line.Length)
        {
            byte b = line[position];
            if (b <= Space)
            {
                return position;
            }

            position++;
            if (b == Quote)
            {
                while (true)
                {
                    int next = line[position..].IndexOfAny(Quote, Backslash);
                    if (next < 0)
                    {
                        return -1;
                    }

                    position += next + 1;
                    if (line[position - 1] == Quote)
                    {
                        return position;
                    }

                    if (++position > line.Length)
                    {
                        return -1;
                    }
                }
            }
        }

        return position;
    }

    /// <summary>Behind the counters, "-A" (or "-I") and the chain's name.</summary>
    public static int OptionsStart(ReadOnlySpan<byte> line)
    {
        int position = Counter.Parse(line, out int counters) is null ? 0 : counters;
        bool inserts = false;
        for (int word = 0; word < 2; word++)
        {
            position = SkipBlanks(line, position);
            inserts |= word == 0 && line[position..].StartsWith("-I"u8);
            position = WordEnd(line, position);
        }

        return inserts ? PlaceEnd(line, position, out _) : position;
    }

    /// <summary>Behind the number that -I CHAIN may have; without one the place is 0.</summary>
    public static int PlaceEnd(ReadOnlySpan<byte> line, int position, out int place)
    {
        int start = SkipBlanks(line, position);
        int stop = WordEnd(line, start);
        if (stop > start && Utf8Parser.TryParse(line[start..stop], out int number, out int used) && used == stop - start && number > 0)
        {
            place = number - 1;
            return stop;
        }

        place = 0;
        return position;
    }

    /// <summary>Where the next word begins, or the line's length.</summary>
    public static int SkipBlanks(ReadOnlySpan<byte> line, int position)
    {
        while (position < line.Length && line[position] <= Space)
        {
            position++;
        }

        return position;
    }

    /// <summary>Writes an entry for each option from <paramref name="position"/> to the line's end.</summary>
    /// <returns>How many; -1 where <paramref name="error"/> says what is wrong; -2 where the entries do not fit.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Scan(ReadOnlySpan<byte> line, int position, Span<OptionEntry> entries, out string? error)
    {
        error = null;
        int count = 0;
        bool negate = false, open = false, wantsValue = false;
        OptionId id = OptionId.Unknown;
        OptionFlags flags = OptionFlags.None;
        int name = 0, values = 0, end = 0;
        while (true)
        {
            position = SkipBlanks(line, position);
            if (position == line.Length)
            {
                break;
            }

            int start = position;
            position = WordEnd(line, start);
            if (position < 0)
            {
                error = "a quote is opened and not closed";
                return -1;
            }

            ReadOnlySpan<byte> word = line[start..position];
            if (word.Length == 1 && word[0] == (byte)'!' && id != OptionId.Comment)
            {
                // "--opt ! value" is the old spelling of "! --opt value".
                int next = SkipBlanks(line, position);
                bool inside = open && end == values && next < line.Length && !LooksLikeOption(line[next..]) && !negate;
                flags |= inside ? OptionFlags.Negated | OptionFlags.NegatedInside : OptionFlags.None;
                end = inside ? position : end;
                negate = !inside;
                continue;
            }

            if (LooksLikeOption(word) && !(wantsValue && end == values))
            {
                if (open)
                {
                    if (count == entries.Length)
                    {
                        return TooMany;
                    }

                    entries[count++] = new OptionEntry(id, flags, (ushort)name, (ushort)values, (ushort)end);
                }

                int equals = word.IndexOf((byte)'=');
                ReadOnlySpan<byte> spelled = equals > 0 && word[1] == (byte)'-' ? word[..equals] : word;
                id = OptionNames.Find(spelled, out wantsValue);
                flags = negate ? OptionFlags.Negated : OptionFlags.None;
                (open, negate) = (true, false);
                (name, values, end) = (start, start + spelled.Length, position);
                wantsValue &= values == end;
                continue;
            }

            if (!open || negate)
            {
                error = negate ? "\"!\" stands before no option" : "text where an option was expected";
                return -1;
            }

            end = position;
        }

        if (negate)
        {
            error = "\"!\" stands before no option";
            return -1;
        }

        if (open)
        {
            if (count == entries.Length)
            {
                return TooMany;
            }

            if (wantsValue && end == values)
            {
                error = "the last option has no value";
                return -1;
            }

            entries[count++] = new OptionEntry(id, flags, (ushort)name, (ushort)values, (ushort)end);
        }

        return count;
    }

    // "-5" is a number; "--" and a letter, or "-" and a letter, an option.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool LooksLikeOption(ReadOnlySpan<byte> word) =>
        word.Length >= 2 && word[0] == (byte)'-'
        && (char.IsAsciiLetter((char)word[1]) || (word[1] == (byte)'-' && word.Length > 2 && word[2] > Space));
}
