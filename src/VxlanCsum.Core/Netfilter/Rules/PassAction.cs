namespace VxlanCsum.Netfilter.Rules;

/// <summary>Something that neither decides about the packet nor touches its mark: LOG, TCPMSS, counter.</summary>
internal sealed class PassAction(string? target) : RuleAction
{
    public override string? Target { get; } = target;
}
