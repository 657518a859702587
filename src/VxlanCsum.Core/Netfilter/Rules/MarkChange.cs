namespace VxlanCsum.Netfilter.Rules;

/// <summary>Changes the mark of the packet or of its connection; the rule goes on.</summary>
internal abstract class MarkChange : RuleAction
{
    public abstract WalkState Apply(WalkState state);
}
