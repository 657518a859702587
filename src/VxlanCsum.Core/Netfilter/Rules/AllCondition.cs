namespace VxlanCsum.Netfilter.Rules;

/// <summary>All of these: one element of a set over several fields.</summary>
internal sealed class AllCondition(RuleCondition[] parts) : RuleCondition
{
    public override bool Understood => Array.TrueForAll(parts, static p => p.Understood);

    public override bool VariesByPacket => Array.Exists(parts, static p => p.VariesByPacket);

    public override Answer Test(PacketView packet, WalkState state)
    {
        Answer all = Answer.Yes;
        foreach (RuleCondition part in parts)
        {
            all = Answers.And(all, part.Test(packet, state));
            if (all == Answer.No)
            {
                break;
            }
        }

        return all;
    }
}
