namespace VxlanCsum.Netfilter.Rules;

/// <summary>Makes the rule that stands behind a record of the arena: the grammar that read the record knows
/// how.</summary>
internal delegate NetfilterRule RuleFactory(NetfilterChain owner, int number, int record);
