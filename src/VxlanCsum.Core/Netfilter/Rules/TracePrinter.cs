using System.Globalization;
using System.Text;

namespace VxlanCsum.Netfilter.Rules;

/// <summary>A trace as an indented walk that fits a terminal.</summary>
internal static class TracePrinter
{
    public static string Print(RuleTrace trace)
    {
        var text = new StringBuilder();
        foreach (TraceStep step in trace.Steps)
        {
            string branch = step.Branch == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"[{step.Branch}] ");
            if (step.Chain is null)
            {
                text.Append(text.Length == 0 ? "" : "\n").Append(branch).Append(step.Note).Append('\n');
                continue;
            }

            text.Append(' ', 2 + (4 * step.Depth) + (step.Rule is null && step.Outcome == TraceOutcome.None ? 0 : 2))
                .Append(branch).Append(step.Rule is { } rule ? OfRule(rule, step) : step.Note).Append('\n');
        }

        return text.ToString();
    }

    private static string OfRule(NetfilterRule rule, TraceStep step)
    {
        char sign = step.Outcome switch { TraceOutcome.Match => '>', TraceOutcome.Unknown => '?', _ => ' ' };
        return string.Create(CultureInfo.InvariantCulture, $"{sign} {rule.Number}. {Short(rule)}  [{step.Note}]");
    }

    // The chain is named where it begins; its name before each of its rules only hides the rule.
    private static string Short(NetfilterRule rule)
    {
        string lead = $"-A {rule.Chain} ";
        return rule.Text.StartsWith(lead, StringComparison.Ordinal) ? rule.Text[lead.Length..] : rule.Text;
    }
}
