namespace VxlanCsum.Netfilter.Rules;

/// <summary>
/// One -m conntrack with all it asks. Where there is no connection, the state is the only thing it looks at, and
/// without
/// a question for that it does not match, negated or not (conntrack_mt).
/// </summary>
/// <param name="state">What it asks of the state; null where it does not.</param>
/// <param name="others">What else it asks of the connection.</param>
internal sealed class ConnectionCondition(RuleCondition? state, RuleCondition[] others) : RuleCondition
{
    public override bool Understood => Array.TrueForAll(others, static o => o.Understood);

    public override Answer Test(PacketView packet, WalkState at)
    {
        Answer all = state?.Test(packet, at) ?? (at.HasConnection ? Answer.Yes : at.WithoutConnection);
        if (at.HasConnection)
        {
            foreach (RuleCondition other in others)
            {
                all = Answers.And(all, other.Test(packet, at));
            }
        }

        return all;
    }
}
