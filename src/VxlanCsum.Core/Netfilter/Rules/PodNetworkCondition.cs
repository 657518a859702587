namespace VxlanCsum.Netfilter.Rules;

/// <summary>The address is some pod's: membership of a set that holds the pod network and whose members are not in the
/// text.</summary>
internal sealed class PodNetworkCondition(bool isSource) : RuleCondition
{
    public override Answer Test(PacketView packet, WalkState state) =>
        (isSource ? state.Source : state.Destination).Kind switch
        {
            AddressKind.Node => Answer.No,
            AddressKind.Pod => Answer.Yes,
            _ => Answer.Unknown,
        };
}
