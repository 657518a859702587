using System.Globalization;

namespace VxlanCsum.Netfilter.Rules;

/// <summary>A mark of which some bits may be unknown.</summary>
/// <param name="Value">The known bits; 0 where unknown.</param>
/// <param name="Unknown">Which bits are unknown.</param>
internal readonly record struct MarkKnowledge(uint Value, uint Unknown)
{
    public Answer Test(MarkMatch match)
    {
        // A value outside its mask never compares equal (xt_mark, nft_cmp).
        Answer equal = (match.Value & ~match.Mask) != 0 || ((Value ^ match.Value) & match.Mask & ~Unknown) != 0
            ? Answer.No
            : (Unknown & match.Mask) != 0 ? Answer.Unknown
            : Answer.Yes;
        return equal.NotIf(match.Negated);
    }

    /// <summary>After a match that could go either way: what it says of the unknown bits, where it says
    /// something.</summary>
    public MarkKnowledge Assume(MarkMatch match, bool held)
    {
        if (held != match.Negated)
        {
            return new MarkKnowledge((Value & ~match.Mask) | (match.Value & match.Mask), Unknown & ~match.Mask);
        }

        uint open = Unknown & match.Mask;
        return uint.IsPow2(open) ? new MarkKnowledge(Value | (open & ~match.Value), Unknown & ~open) : this;
    }

    public MarkKnowledge Apply(MarkOperation operation) =>
        new((Value & ~operation.Cleared) ^ (operation.Flipped & ~(Unknown & ~operation.Cleared)),
            Unknown & ~operation.Cleared);

    public override string ToString() => Unknown == 0
        ? string.Create(CultureInfo.InvariantCulture, $"0x{Value:x}")
        : string.Create(CultureInfo.InvariantCulture, $"0x{Value:x} (bits 0x{Unknown:x} unknown)");
}
