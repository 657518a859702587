using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>"ct state new,invalid", "ct state != invalid | new", "ct state &amp; (new | related) == 0", "ip saddr &amp;
/// 255.255.0.255 == 10.0.0.1".</summary>
internal static class NftBits
{
    /// <summary>What is asked of ct state or ct status, behind the field; null, at the same place, where that is
    /// something else.</summary>
    public static RuleCondition? Parse(List<NftToken> tokens, ref int at, NftSelector field)
    {
        int position = at;
        uint? mask = null;
        if (Take(tokens, ref position, "&"))
        {
            mask = Flags(tokens, ref position, field);
            if (mask is null)
            {
                return null;
            }
        }

        // "!": none of them. Where nothing is said, any of them; behind "==" and "!=" just them (nft's implicit
        // operator).
        bool none = Take(tokens, ref position, "!"), differs = Take(tokens, ref position, "!="),
            equals = Take(tokens, ref position, "==");
        if (Flags(tokens, ref position, field) is not { } value)
        {
            return null;
        }

        at = position;
        bool any = mask is null && !differs && !equals;
        return new ConnectionBitsCondition(field.Kind == NftField.Status, any
            ? new MarkMatch(0, value, Negated: !none)
            : new MarkMatch(value, mask ?? uint.MaxValue, differs));
    }

    /// <summary>An address under a mask with holes; null, at the same place, where it is none.</summary>
    public static RuleCondition? Holes(List<NftToken> tokens, ref int at, NftSelector field)
    {
        int position = at + 1;
        if (position + 2 >= tokens.Count || !(tokens[position + 1].Is("==") || tokens[position + 1].Is("!="))
            || !AddressSpan.TryParse($"{tokens[position + 2].Text}/{tokens[position].Text}", out AddressSpan span))
        {
            return null;
        }

        at = position + 3;
        return new AddressCondition(
            field.Kind == NftField.SourceAddress, [span], tokens[position + 1].Is("!="),
            $"{tokens[position + 2].Text}/{tokens[position].Text}");
    }

    /// <summary>The bits of those names or numbers; null where one is neither.</summary>
    public static uint? Bits(bool ofStatus, IEnumerable<string> names)
    {
        uint all = 0;
        foreach (string name in names)
        {
            uint bits = ofStatus ? StatusBit(name) : ConnectionBitsCondition.StateBit(ConnectionStateNames.Parse(name));
            if (bits == 0 && !NftSelector.TryNumber(name, out bits))
            {
                return null;
            }

            all |= bits;
        }

        return all;
    }

    private static uint StatusBit(string name) => name switch
    {
        "expected" => 1,
        "seen-reply" => 2,
        "assured" => 4,
        "confirmed" => 8,
        "snat" => 16,
        "dnat" => 32,
        "dying" => 512,
        _ => 0,
    };

    /// <summary>"new", "new,invalid", "(new | related)", "0".</summary>
    private static uint? Flags(List<NftToken> tokens, ref int at, NftSelector field)
    {
        var names = new List<string>();
        Take(tokens, ref at, "(");
        do
        {
            if (at >= tokens.Count)
            {
                return null;
            }

            names.Add(tokens[at++].Text);
        }
        while (Take(tokens, ref at, ",") || Take(tokens, ref at, "|"));
        Take(tokens, ref at, ")");
        return Bits(field.Kind == NftField.Status, names);
    }

    private static bool Take(List<NftToken> tokens, ref int at, string word)
    {
        bool there = at < tokens.Count && tokens[at].Is(word);
        at += there ? 1 : 0;
        return there;
    }
}
