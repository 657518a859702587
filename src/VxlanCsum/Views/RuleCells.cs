namespace VxlanCsum.Views;

/// <summary>Cells of a <see cref="NetfilterRule"/> and of a <see cref="RuleTrace"/>.</summary>
internal static class RuleCells
{
    public static string? Generation(ViewItem rule) => rule.Text(nameof(NetfilterRule.Generation)) switch
    {
        nameof(RuleGeneration.G1) => ViewColours.Paint(nameof(RuleGeneration.G1), ViewColours.BrightRed),
        nameof(RuleGeneration.Other) => null,
        var generation => generation,
    };

    /// <summary>Without its chain, which has a column of its own.</summary>
    public static string Rule(ViewItem rule)
    {
        string text = rule.Text(nameof(NetfilterRule.Text)), head = $"-A {rule.Text(nameof(NetfilterRule.Chain))} ";
        return text.StartsWith(head, StringComparison.Ordinal) ? text[head.Length..] : text;
    }

    public static string Verdict(ViewItem trace) =>
        trace.Painted(nameof(RuleTrace.Verdict), static verdict => verdict switch
        {
            nameof(TraceVerdict.Safe) => ViewColours.Green,
            nameof(TraceVerdict.Undecided) => ViewColours.Yellow,
            _ => ViewColours.BrightRed,
        });

    public static string? OffendingRule(ViewItem trace) =>
        trace.Of(nameof(RuleTrace.OffendingRule)) is not { } rule ? null
        : $"{rule.Text(nameof(NetfilterRule.Backend))} {rule.Text(nameof(NetfilterRule.Family))} "
            + $"{rule.Text(nameof(NetfilterRule.Table))}, rule {rule.Text(nameof(NetfilterRule.Number))}: "
            + rule.Text(nameof(NetfilterRule.Text));
}
