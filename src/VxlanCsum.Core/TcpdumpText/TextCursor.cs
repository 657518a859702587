using System.Globalization;

namespace VxlanCsum.TcpdumpText;

/// <summary>
/// Reads forward through the text of one packet. A line break in it may be tcpdump's own, or a terminal's or mailer's
/// that wrapped the line inside a word: so inside words it counts as nothing, between them as a blank.
/// </summary>
internal ref struct TextCursor(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;

    /// <summary>Where it stands, in characters.</summary>
    public int Position { get; set; }

    public readonly bool AtEnd => Position >= _text.Length;

    public readonly char Current => Position < _text.Length ? _text[Position] : '\0';

    /// <summary>What is still to be read.</summary>
    public readonly ReadOnlySpan<char> Rest => _text[Position..];

    public void SkipSpace()
    {
        while (Position < _text.Length && char.IsWhiteSpace(_text[Position]))
        {
            Position++;
        }
    }

    /// <summary>Steps over the words if they stand here; a blank in them stands for any white space.</summary>
    public bool TryRead(string words)
    {
        int at = Position;
        foreach (char c in words)
        {
            if (c == ' ')
            {
                int start = at;
                while (at < _text.Length && char.IsWhiteSpace(_text[at]))
                {
                    at++;
                }

                if (at == start)
                {
                    return false;
                }

                continue;
            }

            if (at < _text.Length && _text[at] == '\n')
            {
                at++;
            }

            if (at >= _text.Length || _text[at] != c)
            {
                return false;
            }

            at++;
        }

        Position = at;
        return true;
    }

    /// <summary>Do the words stand here?</summary>
    public readonly bool IsAt(string words)
    {
        TextCursor copy = this;
        return copy.TryRead(words);
    }

    /// <summary>A decimal number of up to 32 bits.</summary>
    /// <param name="number">The number.</param>
    /// <param name="wraps">A line break inside is a wrapped line's; otherwise the number ends at it.</param>
    public bool TryReadNumber(out uint number, bool wraps = true) =>
        TryReadDigits(10, uint.MaxValue, wraps, out number);

    /// <summary>Hexadecimal digits of up to 32 bits; a "0x" before them is the caller's.</summary>
    public bool TryReadHex(out uint number) => TryReadDigits(16, uint.MaxValue, wraps: true, out number);

    /// <summary>Hexadecimal digits of up to 16 bits.</summary>
    public bool TryReadHex(out ushort number)
    {
        bool read = TryReadDigits(16, ushort.MaxValue, wraps: true, out uint value);
        number = (ushort)value;
        return read;
    }

    /// <summary>Reads up to white space.</summary>
    public string ReadWord(int limit = 64)
    {
        int start = Position;
        while (Position < _text.Length && Position - start < limit && !char.IsWhiteSpace(_text[Position]))
        {
            Position++;
        }

        return _text[start..Position].ToString();
    }

    /// <summary>Steps behind the bracket that closes the one here: "(options (RA), x)".</summary>
    public bool TrySkipGroup()
    {
        int depth = 0;
        for (int at = Position; at < _text.Length; at++)
        {
            depth += _text[at] switch
            {
                '(' or '[' => 1,
                ')' or ']' => -1,
                _ => 0,
            };
            if (depth == 0)
            {
                Position = at + 1;
                return true;
            }
        }

        return false;
    }

    private bool TryReadDigits(int radix, uint limit, bool wraps, out uint number)
    {
        ulong value = 0;
        int at = Position, digits = 0;
        for (; at < _text.Length; at++)
        {
            // A wrapped line, before or within the number.
            if (_text[at] == '\n' && wraps && at + 1 < _text.Length && Digit(_text[at + 1], radix) >= 0)
            {
                continue;
            }

            int digit = Digit(_text[at], radix);
            if (digit < 0)
            {
                break;
            }

            value = (value * (uint)radix) + (uint)digit;
            digits++;
            if (value > limit)
            {
                number = 0;
                return false;
            }
        }

        number = (uint)value;
        if (digits == 0)
        {
            return false;
        }

        Position = at;
        return true;
    }

    private static int Digit(char c, int radix) =>
        char.IsAsciiDigit(c) ? c - '0'
        : radix == 16 && char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(CultureInfo.InvariantCulture), 16)
        : -1;
}
