namespace VxlanCsum.Netfilter.Rules;

/// <summary>ct direction: from the side that opened the connection, or back?</summary>
internal sealed class DirectionCondition(bool original, bool negated) : RuleCondition
{
    public override Answer Test(PacketView packet, WalkState state) =>
        !state.HasConnection ? state.WithoutConnection
        : packet.State == ConnectionStates.New ? Answers.Of(original).NotIf(negated)
        : Answer.Unknown;
}
