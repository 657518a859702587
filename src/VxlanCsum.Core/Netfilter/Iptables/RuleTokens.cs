namespace VxlanCsum.Netfilter.Iptables;

/// <summary>The values of one option, word by word.</summary>
internal ref struct RuleTokens
{
    private readonly ReadOnlySpan<byte> _line;
    private readonly OptionEntry _option;
    private int _position;

    public RuleTokens(ReadOnlySpan<byte> line, OptionEntry option)
    {
        _line = line[..option.End];
        _option = option;
        _position = option.Values < option.End && line[option.Values] == (byte)'=' ? option.Values + 1 : option.Values;
    }

    /// <summary>The next word as it is written, quotes and escapes included, and without the old spelling's
    /// "!".</summary>
    public bool NextRaw(out ReadOnlySpan<byte> word)
    {
        _position = RuleScanner.SkipBlanks(_line, _position);
        int start = _position;
        if (start == _line.Length)
        {
            word = default;
            return false;
        }

        _position = RuleScanner.WordEnd(_line, start);
        word = _line[start.._position];
        return (_option.Flags & OptionFlags.NegatedInside) == 0 || word.Length != 1 || word[0] != (byte)'!'
            || NextRaw(out word);
    }

    /// <summary>The next word, without quotes and escapes.</summary>
    public bool Next(out ReadOnlySpan<byte> word)
    {
        if (!NextRaw(out word))
        {
            return false;
        }

        if (word.IndexOf((byte)'"') >= 0)
        {
            ReadOnlySpan<byte> inside = word is [(byte)'"', .., (byte)'"'] ? word[1..^1] : default;
            word = inside.IsEmpty || inside.ContainsAny((byte)'"', (byte)'\\') ? Unquote(word) : inside;
        }

        return true;
    }

    private static byte[] Unquote(ReadOnlySpan<byte> word)
    {
        var plain = new List<byte>(word.Length);
        bool quoted = false;
        for (int i = 0; i < word.Length; i++)
        {
            byte b = word[i];
            if (b == (byte)'"')
            {
                quoted = !quoted;
            }
            else if (quoted && b == (byte)'\\' && i + 1 < word.Length)
            {
                plain.Add(word[++i]);
            }
            else
            {
                plain.Add(b);
            }
        }

        return [.. plain];
    }
}
