namespace VxlanCsum.Netfilter.Rules;

/// <summary>-m addrtype; fib daddr type: is the address one of this machine's own?</summary>
/// <param name="isSource">Of the two addresses.</param>
/// <param name="types">Any of these.</param>
/// <param name="negated">None of them.</param>
/// <param name="onDevice">LOCAL means an address of the device by which the packet leaves (--limit-iface-out).</param>
internal sealed class AddressTypeCondition(bool isSource, string[] types, bool negated, bool onDevice = false) : RuleCondition
{
    public AddressTypeCondition OnDevice => new(isSource, types, negated, onDevice: true);

    public override Answer Test(PacketView packet, WalkState state)
    {
        Answer local = onDevice ? (isSource ? packet.SourceIsOfOutDevice : Answer.Unknown)
            : isSource ? packet.SourceIsLocal : state.DestinationIsLocal;
        Answer any = Answer.No;
        foreach (string type in types)
        {
            Answer one = type.ToUpperInvariant() switch
            {
                "LOCAL" => local,
                "UNICAST" => Answers.Not(local),
                "BROADCAST" or "MULTICAST" or "ANYCAST" or "BLACKHOLE" or "UNREACHABLE" or "PROHIBIT" => isSource ? Answer.No : packet.DestinationIsGroup,
                _ => Answer.Unknown,
            };
            any = Answers.Or(any, one);
        }

        return any.NotIf(negated);
    }
}
