namespace VxlanCsum.Netfilter.Rules;

/// <summary>"! --sport A ! --dport B" of iptables-nft, which programs of different versions made into different
/// rules.</summary>
/// <remarks>
/// iptables-nft 1.8.8 and 1.8.9 compare both ports at once (add_nft_tcpudp): the rule then matches unless both are
/// these,
/// and is still saved as if either were enough not to match. The rule's text does not tell which program made it.
/// </remarks>
internal sealed class BothPortsCondition(PortCondition source, PortCondition destination) : RuleCondition
{
    public static bool IsOf(PortCondition source, PortCondition destination) =>
        source.IsNegatedSingle && destination.IsNegatedSingle;

    public override bool VariesByPacket => true;

    public override Answer Test(PacketView packet, WalkState state)
    {
        Answer left = source.Test(packet, state), right = destination.Test(packet, state);
        Answer both = Answers.And(left, right);
        return both == Answers.Or(left, right) ? both : both == Answer.Yes ? Answer.Yes : Answer.Unknown;
    }
}
