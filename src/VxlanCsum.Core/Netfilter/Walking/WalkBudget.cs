namespace VxlanCsum.Netfilter.Walking;

/// <summary>What one trace may cost. A text can hold chains that jump to one another a billion times; the walk then
/// ends undecided.</summary>
internal sealed class WalkBudget(CancellationToken cancellation)
{
    /// <summary>Rules asked, each branch counted.</summary>
    public const int MostRules = 50_000_000;

    /// <summary>Rules that matched, or might have: each costs much more than one that does not.</summary>
    public const int MostMatches = 30_000;

    /// <summary>Branches alive at one place.</summary>
    public const int MostBranches = 64;

    /// <summary>Jumps within jumps; nf_tables itself stops at 16, and no known ruleset nests deeper than
    /// that.</summary>
    public const int DeepestJump = 256;

    private int _rules;
    private int _matches;

    public bool IsSpent => _rules >= MostRules || _matches >= MostMatches;

    public void SpendMatch() => _matches++;

    public void Spend(int rules)
    {
        _rules += rules;
        if ((_rules & 0x3fff) <= rules)
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
