namespace VxlanCsum.Netfilter.Rules;

/// <summary>Source and destination are one address: a pod that reaches itself by its service (hairpin).</summary>
/// <remarks>Such a packet stays on its node. What is walked here goes into a tunnel, or is one, unless both ends were
/// given.</remarks>
internal sealed class SameAddressCondition : RuleCondition
{
    public override Answer Test(PacketView packet, WalkState state) =>
        Answers.Of(state.Source.Kind == AddressKind.Exact && state.Source == state.Destination);
}
