namespace VxlanCsum.Netfilter.Rules;

/// <summary>meta mark 0x10-0x20, meta mark &amp; 0xff &gt; 0x10.</summary>
/// <param name="mask">Which bits count.</param>
/// <param name="first">The lowest value.</param>
/// <param name="last">The highest value.</param>
/// <param name="negated">Any other.</param>
/// <param name="ofConnection">The connection's mark rather than the packet's.</param>
internal sealed class MarkRangeCondition(uint mask, uint first, uint last, bool negated, bool ofConnection)
    : RuleCondition
{
    public override Answer Test(PacketView packet, WalkState state)
    {
        if (ofConnection && !state.HasConnection)
        {
            return state.WithoutConnection;
        }

        MarkKnowledge mark = ofConnection ? state.ConnectionMark : state.Mark;
        uint least = mark.Value & mask & ~mark.Unknown, most = least | (mark.Unknown & mask);
        Answer within = least >= first && most <= last ? Answer.Yes
            : most < first || least > last ? Answer.No : Answer.Unknown;
        return within.NotIf(negated);
    }
}
