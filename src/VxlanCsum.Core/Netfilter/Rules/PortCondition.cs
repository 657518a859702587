namespace VxlanCsum.Netfilter.Rules;

/// <summary>--sport, --dport, multiport; tcp dport, th sport.</summary>
/// <param name="side">Which port.</param>
/// <param name="ranges">Any of these, ends included.</param>
/// <param name="negated">None of them.</param>
internal sealed class PortCondition(PortSide side, (ushort First, ushort Last)[] ranges, bool negated) : RuleCondition
{
    public override Answer Test(PacketView packet, WalkState state) => side switch
    {
        PortSide.Source => In(packet.SourcePort),
        PortSide.Destination => In(state.DestinationPort),
        _ => Answers.Or(In(packet.SourcePort), In(state.DestinationPort)),
    };

    private Answer In(PortKnowledge port)
    {
        Answer any = Answer.No;
        foreach ((ushort first, ushort last) in ranges)
        {
            any = Answers.Or(any, port.In(first, last));
        }

        return any.NotIf(negated);
    }
}

/// <summary>Which port a condition is about.</summary>
internal enum PortSide : byte
{
    Source,
    Destination,
    Either,
}
