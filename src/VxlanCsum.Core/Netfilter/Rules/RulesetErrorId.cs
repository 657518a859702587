namespace VxlanCsum.Netfilter.Rules;

/// <summary>The error ids of rulesets. Scripts rely on them: never rename one.</summary>
internal static class RulesetErrorId
{
    public const string LineUnreadable = "RuleLineUnreadable";
    public const string NoRules = "RulesetWithoutRules";
    public const string LineTooLong = "RuleLineTooLong";
    public const string Incomplete = "RulesetIncomplete";
    public const string OutsideTable = "RuleOutsideTable";
    public const string ChainMissing = "RuleChainMissing";
    public const string JumpLoop = "RuleJumpLoop";
    public const string TableIncompatible = "RuleTableIncompatible";
    public const string JsonInvalid = "RulesetJsonInvalid";
    public const string Empty = "RulesetEmpty";
    public const string TooLarge = "RulesetTooLarge";
}
