namespace VxlanCsum.Netfilter.Rules;

/// <summary>meta nfproto, and what "ip saddr" implies in a table of family inet.</summary>
internal sealed class FamilyCondition(NetfilterFamily family, bool negated = false) : RuleCondition
{
    public override Answer Test(PacketView packet, WalkState state) =>
        Answers.Of(packet.Family == family).NotIf(negated);
}
