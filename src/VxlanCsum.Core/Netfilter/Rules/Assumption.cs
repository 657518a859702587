namespace VxlanCsum.Netfilter.Rules;

/// <summary>A chain of assumptions, the last first.</summary>
/// <remarks>
/// Each knows one further back, at the distances that skew binary numbers have (Myers 1983): where two chains part is
/// found in as many steps as their length has digits. Thousands of rules in a row may leave a branch each.
/// </remarks>
internal sealed class Assumption
{
    private readonly Assumption _far;
    private readonly int _depth;

    public Assumption(Assumption? before, NetfilterRule? rule, string text)
    {
        (Before, Rule, Text) = (before, rule, text);
        _depth = before is null ? 1 : before._depth + 1;
        _far = before is null ? this
            : before._depth - before._far._depth == before._far._depth - before._far._far._depth ? before._far._far
            : before;
    }

    public Assumption? Before { get; }

    public NetfilterRule? Rule { get; }

    public string Text { get; }

    /// <summary>The last that both hold; null where none is.</summary>
    public static Assumption? Common(Assumption? left, Assumption? right)
    {
        if (left is null || right is null)
        {
            return null;
        }

        left = left.At(right._depth);
        right = right.At(left._depth);
        while (!ReferenceEquals(left, right))
        {
            // Of two that lie as deep, the far ones do as well.
            bool far = !ReferenceEquals(left._far, right._far);
            if (left.Before is null || right.Before is null)
            {
                return null;
            }

            (left, right) = far ? (left._far, right._far) : (left.Before, right.Before);
        }

        return left;
    }

    /// <summary>The one that lies no deeper than this.</summary>
    private Assumption At(int depth)
    {
        Assumption here = this;
        while (here._depth > depth)
        {
            here = here._far._depth >= depth && !ReferenceEquals(here._far, here) ? here._far : here.Before!;
        }

        return here;
    }
}
