namespace VxlanCsum.Netfilter.Rules;

/// <summary>-j CHAIN, -g CHAIN; jump, goto.</summary>
/// <param name="chain">Its name.</param>
/// <param name="to">The chain; null where it is not in the table.</param>
/// <param name="isGoto">The packet does not come back here.</param>
internal sealed class JumpAction(string chain, NetfilterChain? to, bool isGoto) : RuleAction
{
    public string Chain { get; } = chain;

    public NetfilterChain? To { get; } = to;

    public bool IsGoto { get; } = isGoto;

    public override string Target => Chain;
}
