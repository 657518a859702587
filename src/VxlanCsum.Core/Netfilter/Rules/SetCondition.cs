namespace VxlanCsum.Netfilter.Rules;

/// <summary>-m set --match-set NAME src,dst.</summary>
internal sealed class SetCondition(string set, string[] directions, bool negated) : RuleCondition
{
    public string Name => set;

    public override bool VariesByPacket => directions.Contains("dst");

    /// <summary>What is in it is not known: ipset's own text is not there, and its name says nothing.</summary>
    public bool IsMissing(SetMembers sets) => sets.Find(set, directions) is null;

    public override Answer Test(PacketView packet, WalkState state) =>
        packet.Sets.Find(set, directions) is { } members ? members.Test(packet, state).NotIf(negated) : Answer.Unknown;

    public override string ToString() => $"{(negated ? "! " : "")}{set} {string.Join(',', directions)}";
}
