namespace VxlanCsum.Netfilter.Rules;

/// <summary>Something that may do anything to the packet.</summary>
internal sealed class UnknownAction(string target) : RuleAction
{
    public override string Target { get; } = target;
}
