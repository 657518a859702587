namespace VxlanCsum.Netfilter.Rules;

/// <summary>-m set --match-set NAME src,dst.</summary>
internal sealed class SetCondition(string set, string[] directions, bool negated) : RuleCondition
{
    public override Answer Test(PacketView packet, WalkState state) =>
        packet.Sets.Find(set, directions) is { } members ? members.Test(packet, state).NotIf(negated) : Answer.Unknown;

    public override string ToString() => $"{(negated ? "! " : "")}{set} {string.Join(',', directions)}";
}
