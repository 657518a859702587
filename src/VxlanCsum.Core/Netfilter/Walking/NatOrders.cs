using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Walking;

/// <summary>What a branch assumed of the order in which the kernel asks nat chains of equal priority.</summary>
internal static class NatOrders
{
    private const string Asked = " is asked of ";

    public static string Describe(string hook, string order) => $"nat {hook}{Asked}{order}";

    /// <summary>One kernel has one order: branches that assumed two of one hook are not of one packet.</summary>
    public static bool Agree(WalkState inner, WalkState outer) =>
        !Of(inner).Any(i => Of(outer).Any(o => o != i && HookOf(o) == HookOf(i)));

    /// <summary>The orders that both walks of one packet assumed, as one text; empty where they assumed none.</summary>
    public static string Of(TracedEnd end) =>
        string.Join("; ",
            Of(end.Inner).Concat(end.Outer is { } outer ? Of(outer) : []).Distinct().Order(StringComparer.Ordinal));

    private static IEnumerable<string> Of(WalkState state)
    {
        for (Assumption? assumption = state.Assumed; assumption is not null; assumption = assumption.Before)
        {
            if (assumption.Rule is null && assumption.Text.Contains(Asked, StringComparison.Ordinal))
            {
                yield return assumption.Text;
            }
        }
    }

    private static string HookOf(string text) => text[..text.IndexOf(Asked, StringComparison.Ordinal)];
}
