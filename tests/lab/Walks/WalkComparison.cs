using System.Globalization;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;

namespace VxlanCsum.LabTests.Walks;

/// <summary>What the walk said of a case against what the kernel did.</summary>
internal static class WalkComparison
{
    /// <summary>Null where the walk does not contradict the kernel; else how.</summary>
    public static string? Contradiction(NetfilterRuleset rules, RuleTrace trace, WalkPacket sent, WalkOutcome? kernel,
        bool countersToo)
    {
        string? verdict = Verdict(trace, sent, kernel), counters = countersToo ? Counters(rules, trace) : null;
        return counters is null || verdict is null ? counters ?? verdict : $"{counters}\n{verdict}";
    }

    /// <summary>Something on the way was not known, a match or what a target does.</summary>
    private static bool IsOpen(RuleTrace trace) =>
        trace.Steps.Any(
            static s => s.Outcome == TraceOutcome.Unknown || s.Note.Contains("is not known", StringComparison.Ordinal));

    private static bool SaysDropped(RuleTrace trace) =>
        trace.Explanation.Contains(" is dropped", StringComparison.Ordinal);

    private static string? Verdict(RuleTrace trace, WalkPacket sent, WalkOutcome? kernel)
    {
        bool open = IsOpen(trace);
        if (kernel is null)
        {
            return SaysDropped(trace) || open || trace.Verdict == TraceVerdict.Undecided ? null
                : $"said {trace.Verdict}, and nothing arrived";
        }

        if (SaysDropped(trace))
        {
            return $"said dropped, and it arrived: {kernel}";
        }

        bool agrees = trace.Verdict switch
        {
            TraceVerdict.Safe => !kernel.IsTranslated(sent),
            TraceVerdict.DoubleSnat => kernel.IsTranslated(sent),
            TraceVerdict.DoubleSnatWithRandomPort => open ? kernel.IsTranslated(sent) : kernel.IsPortChanged(sent),
            _ => true,
        };
        return !agrees ? $"said {trace.Verdict}, and it arrived as {kernel}"
            : trace.FinalMark is { } mark && (byte)mark != kernel.Mark
                ? string.Create(CultureInfo.InvariantCulture, $"said mark 0x{mark:x}, and it arrived as {kernel}")
                : null;
    }

    /// <summary>The rules that counted the packet are those that the walk says match.</summary>
    private static string? Counters(NetfilterRuleset rules, RuleTrace trace)
    {
        static string Key(NetfilterRule rule) =>
            string.Create(CultureInfo.InvariantCulture, $"{rule.Table} {rule.Chain} {rule.Number}: {rule.Text}");
        ILookup<string, TraceOutcome> told = trace.Steps.Where(static s => s.Rule is not null)
            .ToLookup(static s => Key(s.Rule!), static s => s.Outcome);
        bool open = IsOpen(trace);
        foreach (NetfilterRule rule in rules.Rules.Where(static r => r.Packets is not null))
        {
            string key = Key(rule);
            if (rule.Packets > 0 && !told[key].Any(static o => o is TraceOutcome.Match or TraceOutcome.Unknown))
            {
                return $"counted though the walk does not match it: {key}";
            }

            if (rule.Packets == 0 && !open && told[key].Contains(TraceOutcome.Match))
            {
                return $"not counted though the walk matches it: {key}";
            }
        }

        return null;
    }
}
