namespace VxlanCsum.Netfilter.Rules;

/// <summary>-s, -d, iprange; ip saddr, ip6 daddr.</summary>
/// <param name="isSource">Of the two addresses.</param>
/// <param name="spans">Any of these.</param>
/// <param name="negated">None of them.</param>
/// <param name="text">As the rule writes the addresses.</param>
internal sealed class AddressCondition(bool isSource, AddressSpan[] spans, bool negated, string text) : RuleCondition
{
    public bool IsSource { get; } = isSource;

    public IReadOnlyList<AddressSpan> Spans => spans;

    public bool Negated { get; } = negated;

    /// <summary>The destination that the connection had before it was translated (--ctorigdst).</summary>
    public bool Original { get; init; }

    public override bool VariesByPacket => !IsSource;

    public override Answer Test(PacketView packet, WalkState state)
    {
        AddressKnowledge address = IsSource ? state.Source : Original ? state.OriginalDestination : state.Destination;
        Answer any = Answer.No;
        foreach (AddressSpan span in spans)
        {
            any = Answers.Or(any, address.In(span, packet.PodNetworks, packet.ServiceAddresses));
            if (any == Answer.Yes)
            {
                break;
            }
        }

        return any.NotIf(Negated);
    }

    public override string ToString() => Negated ? "! " + text : text;
}
