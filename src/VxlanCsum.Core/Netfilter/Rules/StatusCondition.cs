namespace VxlanCsum.Netfilter.Rules;

/// <summary>--ctstatus: EXPECTED, SEEN_REPLY, ASSURED and CONFIRMED, none of which the first packet's connection
/// is.</summary>
internal sealed class StatusCondition(bool negated) : RuleCondition
{
    public override Answer Test(PacketView packet, WalkState state) =>
        !state.HasConnection ? state.WithoutConnection
        : packet.State == ConnectionStates.New ? Answer.No.NotIf(negated)
        : Answer.Unknown;
}
