namespace VxlanCsum.Netfilter.Rules;

/// <summary>--sport, --dport, multiport; tcp dport, th sport.</summary>
/// <param name="side">Which port.</param>
/// <param name="ranges">Any of these, ends included.</param>
/// <param name="negated">None of them.</param>
internal sealed class PortCondition(PortSide side, (ushort First, ushort Last)[] ranges, bool negated) : RuleCondition
{
    /// <summary>Any port but one.</summary>
    public bool IsNegatedSingle => negated && ranges is [var one] && one.First == one.Last;

    public override bool VariesByPacket => true;

    public override Answer Test(PacketView packet, WalkState state) => Answers.NotIf(
        side switch
        {
            PortSide.Source => In(Source(packet, state)),
            PortSide.Destination => In(state.DestinationPort),
            PortSide.OriginalDestination => In(state.OriginalPort),

            // "! --ports" is about both: neither is one of them (xt_multiport).
            _ => Answers.Or(In(Source(packet, state)), In(state.DestinationPort)),
        },
        negated);

    private static PortKnowledge Source(PacketView packet, WalkState state) =>
        state.Translation is Translation.None or Translation.Kept ? packet.SourcePort : PortKnowledge.Nothing;

    private Answer In(PortKnowledge port)
    {
        Answer any = Answer.No;
        foreach ((ushort first, ushort last) in ranges)
        {
            any = Answers.Or(any, port.In(first, last));
        }

        return any;
    }
}

/// <summary>Which port a condition is about.</summary>
internal enum PortSide : byte
{
    Source,
    Destination,
    Either,

    /// <summary>The connection's, before it was translated.</summary>
    OriginalDestination,
}
