namespace VxlanCsum.Netfilter.Rules;

/// <summary>Any of these: a set.</summary>
/// <param name="parts">Its elements.</param>
/// <param name="negated">None of them.</param>
/// <param name="except">Elements that are taken out again (ipset's nomatch).</param>
internal sealed class AnyCondition(RuleCondition[] parts, bool negated = false, RuleCondition[]? except = null)
    : RuleCondition
{
    public override bool Understood => Array.TrueForAll(parts, static p => p.Understood);

    public override bool VariesByPacket => Array.Exists(parts, static p => p.VariesByPacket);

    public override Answer Test(PacketView packet, WalkState state)
    {
        Answer any = Any(parts, packet, state);
        return Answers.And(any, except is null ? Answer.Yes : Answers.Not(Any(except, packet, state))).NotIf(negated);
    }

    private static Answer Any(RuleCondition[] parts, PacketView packet, WalkState state)
    {
        Answer any = Answer.No;
        foreach (RuleCondition part in parts)
        {
            any = Answers.Or(any, part.Test(packet, state));
            if (any == Answer.Yes)
            {
                break;
            }
        }

        return any;
    }
}
