using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>A look-up in a set of the table; made into conditions when first asked, as the set may stand behind the
/// rule.</summary>
internal sealed class NftSetCondition(NetfilterTable table, string name, List<NftSelector> fields, bool negated)
    : RuleCondition
{
    private RuleCondition? _members;

    public override bool Understood => Members.Understood;

    public override bool VariesByPacket => Members.VariesByPacket;

    private RuleCondition Members => _members ??= table.Sets.TryGetValue(name, out NftSet? set)
        ? NftLookups.In(fields, set.Elements.Select(static e => e.Key), negated)
        : ConstantCondition.CannotTell($"@{name}");

    public override Answer Test(PacketView packet, WalkState state) => Members.Test(packet, state);
}
