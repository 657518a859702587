namespace VxlanCsum.Netfilter.Rules;

/// <summary>nft's vmap: what is done depends on the packet.</summary>
/// <param name="name">The map's name, or "vmap" for one without.</param>
/// <param name="entries">The elements, made when first asked for; null where the map is not in the text.</param>
/// <param name="isWhole">Some element is always the packet's (numgen random mod 2 vmap { 0 : ..., 1 : ... }).</param>
internal sealed class VerdictMapAction(
    string name, Func<IReadOnlyList<(RuleCondition Key, RuleAction Action)>?> entries, bool isWhole = false)
    : RuleAction
{
    public bool IsWhole => isWhole;

    private IReadOnlyList<(RuleCondition Key, RuleAction Action)>? _entries;
    private bool _made;

    public override string Target { get; } = name;

    public IReadOnlyList<(RuleCondition Key, RuleAction Action)>? Entries
    {
        get
        {
            if (!_made)
            {
                _entries = entries();
                _made = true;
            }

            return _entries;
        }
    }
}
