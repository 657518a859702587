namespace VxlanCsum.Netfilter.Rules;

/// <summary>NOTRACK, CT --notrack; notrack. Without effect once conntrack has seen the packet.</summary>
internal sealed class NoTrackAction(string target) : RuleAction
{
    public override string Target { get; } = target;
}
