using System.Buffers.Text;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Iptables;

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

    /// <summary>The end of the word that begins at <paramref name="position"/>; -1 where a quote is not
    /// closed.</summary>
    /// <remarks>A quote opens anywhere, a backslash escapes only inside quotes, a closing quote ends the
    /// word.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int WordEnd(ReadOnlySpan<byte> line, int position)
    {
        position = BlankOrQuote(line, position);
        if (position == line.Length || line[position] != Quote)
        {
            return position;
        }

        position++;
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
        if (stop > start && Utf8Parser.TryParse(line[start..stop], out int number, out int used) && used == stop - start
            && number > 0)
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
    /// <param name="line">The rule, without blanks around it.</param>
    /// <param name="position">Behind the chain's name.</param>
    /// <param name="entries">What is written.</param>
    /// <param name="isEven">Written as iptables-save writes: one blank between words, "!" before options, no equals
    /// signs.</param>
    /// <param name="error">What is wrong; null where nothing is.</param>
    /// <returns>How many; -1 where <paramref name="error"/> says what is wrong; -2 where the entries do not
    /// fit.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Scan(ReadOnlySpan<byte> line, int position, Span<OptionEntry> entries, out bool isEven,
        out string? error)
    {
        (isEven, error) = (true, null);
        int count = 0;
        bool negate = false, open = false, wantsValue = false;
        OptionId id = OptionId.Unknown;
        OptionFlags flags = OptionFlags.None;
        int name = 0, values = 0, end = 0;
        while (true)
        {
            int start = SkipBlanks(line, position);
            if (start == line.Length)
            {
                break;
            }

            isEven &= start == position + 1 && line[position] == Space;
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
                isEven &= !inside && !negate;
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

                int equals = word[1] == (byte)'-' ? word.IndexOf((byte)'=') : -1;
                isEven &= equals < 0;
                ReadOnlySpan<byte> spelled = equals > 0 ? word[..equals] : word;
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

    /// <summary>The first blank, control character or quote from <paramref name="position"/> on, or the line's
    /// length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int BlankOrQuote(ReadOnlySpan<byte> line, int position)
    {
        ref byte start = ref MemoryMarshal.GetReference(line);
        for (; position <= line.Length - Vector256<byte>.Count; position += Vector256<byte>.Count)
        {
            uint found = Stops(ref start, position);
            if (found != 0)
            {
                return position + BitOperations.TrailingZeroCount(found);
            }
        }

        if (line.Length >= Vector256<byte>.Count)
        {
            // The last bytes again, without those before the position.
            int last = line.Length - Vector256<byte>.Count;
            uint found = Stops(ref start, last) >> (position - last);
            return found != 0 && position < line.Length ? position + BitOperations.TrailingZeroCount(found)
                : line.Length;
        }

        while (position < line.Length && line[position] > Space && line[position] != Quote)
        {
            position++;
        }

        return position;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Stops(ref byte start, int position)
    {
        Vector256<byte> bytes = Vector256.LoadUnsafe(ref start, (nuint)position);
        return (Vector256.Equals(Vector256.Min(bytes, Vector256.Create(Space)), bytes)
            | Vector256.Equals(bytes, Vector256.Create(Quote))).ExtractMostSignificantBits();
    }

    // "-5" is a number; "--" and a letter, or "-" and a letter, an option.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool LooksLikeOption(ReadOnlySpan<byte> word) =>
        word.Length >= 2 && word[0] == (byte)'-'
        && (char.IsAsciiLetter((char)word[1]) || (word[1] == (byte)'-' && word.Length > 2 && word[2] > Space));
}
