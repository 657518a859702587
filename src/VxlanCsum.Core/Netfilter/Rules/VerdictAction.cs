namespace VxlanCsum.Netfilter.Rules;

/// <summary>ACCEPT, DROP, RETURN and their relatives.</summary>
internal sealed class VerdictAction(Verdict verdict, string target) : RuleAction
{
    public Verdict Verdict { get; } = verdict;

    public override string Target { get; } = target;
}

/// <summary>What becomes of a packet at once.</summary>
internal enum Verdict : byte
{
    /// <summary>The chains of this hook and table let it pass.</summary>
    Accept,

    /// <summary>It is gone.</summary>
    Drop,

    /// <summary>Back to where the chain was called; from a hook's own chain, to the policy.</summary>
    Return,
}
