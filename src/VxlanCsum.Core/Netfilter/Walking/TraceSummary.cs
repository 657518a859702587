using System.Globalization;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Walking;

/// <summary>From where the branches ended to a verdict, the rule to change, and an explanation.</summary>
internal sealed class TraceSummary(
    TraceRequest request, MasqueradeMark mark, IReadOnlyList<TracedEnd> ends, Predicate<TracedEnd> snatedWithoutMark,
    bool hasNat,
    IReadOnlyList<string> missing)
{
    public RuleTrace Summarize(TraceRecorder recorder, List<string> assumptions, PacketPasses passes)
    {
        List<(TracedEnd End, TraceVerdict Verdict)> sent =
            [.. ends.Where(static e => e.Outer is { Dropped: false })
                .Select(e => (e, Cut(e, VerdictOf(e.Outer!, request.State, request.Inner))))];
        var open = new OpenParts(request, sent, passes.Sets);
        (TraceVerdict verdict, TracedEnd? worst, bool dependsOnOrder) = Decide(sent, open);
        (NetfilterRule? snat, NetfilterRule? offending) =
            IsFault(verdict) || dependsOnOrder ? Blame(worst!) : (null, null);
        Undecided(sent, assumptions);
        assumptions.AddRange(recorder.Problems.Select(static p => p.Reason));
        TracedEnd? first = ends.Count > 0 ? ends[0] : null;
        return new RuleTrace
        {
            Verdict = verdict,
            TunnelInterface = passes.TunnelDevice,
            Family = request.Inner ? request.Family : passes.TunnelFamily,
            SnatRule = snat,
            OffendingRule = offending,
            HarmlessSnatRule = verdict == TraceVerdict.Safe ? Harmless(sent) : null,
            DependsOnOrder = dependsOnOrder,
            VariesByPacket = verdict == TraceVerdict.Undecided && open.VariesByPacket,
            LacksRules = missing.Count > 0,
            MasqueradeMark = mark.Bits,
            FinalMark = FinalMark(),
            Explanation = TraceExplanation.For(verdict, request, mark, worst ?? first, snat, offending, hasNat,
                Lacking(verdict, dependsOnOrder, open), assumptions, dependsOnOrder),
            // Arrays: what a collection expression makes of a read-only list, PowerShell cannot index.
            Assumptions = assumptions.Distinct(StringComparer.Ordinal).ToArray(),
            Problems = recorder.Problems.ToArray(),
            Steps = recorder.Steps,
            InnerPacket = request.Inner ? passes.Inner : null,
            EncapsulatedPacket = passes.Tunnel(first?.Carried.Value ?? 0),
        };
    }

    /// <summary>The verdict of all branches, and the one that tells it best.</summary>
    private (TraceVerdict Verdict, TracedEnd? Worst, bool DependsOnOrder) Decide(
        List<(TracedEnd End, TraceVerdict Verdict)> sent, OpenParts open)
    {
        TraceVerdict verdict = Combine(sent.Select(static s => s.Verdict));
        TracedEnd? worst = sent.Find(s => s.Verdict == verdict).End;

        // What is missing is not absent: it may be the very rule. One that is seen to translate does so, whatever else
        // there is.
        if (verdict == TraceVerdict.Safe && (missing.Count > 0 || LacksNat(sent)))
        {
            verdict = TraceVerdict.Undecided;
        }

        if (verdict == TraceVerdict.Undecided && missing.Count == 0 && DependsOnOrder(sent))
        {
            return (verdict, sent.First(static s => IsFault(s.Verdict)).End, true);
        }

        return (verdict == TraceVerdict.Safe && open.SetsOfLuck.Count > 0 ? TraceVerdict.Undecided : verdict, worst,
            false);
    }

    private bool LacksNat(List<(TracedEnd End, TraceVerdict Verdict)> sent) =>
        !hasNat && sent.Count > 0 && !sent.TrueForAll(static s => s.End.Outer!.Untracked);

    private IReadOnlyList<string> Lacking(TraceVerdict verdict, bool dependsOnOrder, OpenParts open) =>
        verdict != TraceVerdict.Undecided || dependsOnOrder ? missing : [.. missing, .. open.DescribeMissing()];

    private static NetfilterRule? Harmless(List<(TracedEnd End, TraceVerdict Verdict)> sent) =>
        sent.Select(static s => s.End.Outer!)
            .FirstOrDefault(static o => o is { HasConnection: true, Translation: Translation.Kept })?.TranslatedBy;

    /// <summary>Where all branches end with one; null elsewhere.</summary>
    private uint? FinalMark()
    {
        MarkKnowledge[] marks = [.. ends.Select(static e => (e.Outer ?? e.Inner).Mark).Distinct()];
        return marks is [{ Unknown: 0 } one] ? one.Value : null;
    }

    /// <summary>The rule that translates, and the one to change.</summary>
    private (NetfilterRule? Snat, NetfilterRule? Offending) Blame(TracedEnd worst)
    {
        NetfilterRule? snat = worst.Outer!.TranslatedBy ?? worst.Outer.RedirectedBy;
        return (snat, Offender(worst, snat));
    }

    /// <summary>Where the text ends in a chain that was left by its end, a rule that translates may have come
    /// next.</summary>
    private static TraceVerdict Cut(TracedEnd end, TraceVerdict verdict) =>
        verdict == TraceVerdict.Safe && end is { Outer.Untracked: false }
            && (end.Inner.CutIn ?? end.Outer.CutIn) is not null ? TraceVerdict.Undecided : verdict;

    private static bool IsFault(TraceVerdict verdict) =>
        verdict is TraceVerdict.DoubleSnat or TraceVerdict.DoubleSnatWithRandomPort;

    /// <summary>Each order decides, and they differ: nothing else is open.</summary>
    private static bool DependsOnOrder(List<(TracedEnd End, TraceVerdict Verdict)> sent) =>
        sent.TrueForAll(static s => s.Verdict != TraceVerdict.Undecided)
        && sent.GroupBy(static s => NatOrders.Of(s.End))
            .All(static g => g.Key.Length > 0 && g.Select(static s => IsFault(s.Verdict)).Distinct().Count() == 1);

    /// <summary>What one branch's end means.</summary>
    /// <param name="end">Of the last packet walked.</param>
    /// <param name="state">What conntrack says of it, where it is the one that was described.</param>
    /// <param name="afterInner">The tunnel's packet follows from the service's, and is the first of its
    /// connection.</param>
    public static TraceVerdict VerdictOf(WalkState end, string state, bool afterInner)
    {
        if (end.LostAt is not null)
        {
            return end.Untracked ? TraceVerdict.Safe : TraceVerdict.Undecided;
        }

        // The binding of an established connection was made by its first packet and holds whatever the rules say now.
        if (!afterInner && !end.Untracked && PacketPasses.State(state) == ConnectionStates.Established)
        {
            return TraceVerdict.Undecided;
        }

        return end is { RedirectedBy: not null, DestinationTranslated: Answer.Yes } ? TraceVerdict.DoubleSnat
            : OfTranslation(end);
    }

    private static TraceVerdict OfTranslation(WalkState end) => end.Translation switch
    {
        Translation.RandomPort => TraceVerdict.DoubleSnatWithRandomPort,
        Translation.Address => TraceVerdict.DoubleSnat,
        Translation.Unknown => TraceVerdict.Undecided,
        _ when end.RedirectedBy is not null => TraceVerdict.Undecided,
        _ => TraceVerdict.Safe,
    };

    private static TraceVerdict Combine(IEnumerable<TraceVerdict> verdicts)
    {
        TraceVerdict[] all = [.. verdicts.Distinct()];
        return all switch
        {
            [] => TraceVerdict.Safe,
            [var one] => one,
            _ when Array.TrueForAll(all,
                static v => v is TraceVerdict.DoubleSnat or TraceVerdict.DoubleSnatWithRandomPort) =>
                TraceVerdict.DoubleSnatWithRandomPort,
            _ => TraceVerdict.Undecided,
        };
    }

    /// <summary>The rule to change: see <see cref="RuleTrace.OffendingRule"/>.</summary>
    private NetfilterRule? Offender(TracedEnd end, NetfilterRule? snat) =>
        request.Inner && end.Inner.EndedBy is { } ender && !ender.Equals(snat)
        && ender.MarkOperation is null && (end.Carried.Value & mark.Bits) != 0 && !snatedWithoutMark(end)
            ? ender
            : snat;

    /// <summary>On what the branches that ended differently differ.</summary>
    private static void Undecided(List<(TracedEnd End, TraceVerdict Verdict)> sent, List<string> assumptions)
    {
        if (sent.Select(static s => s.Verdict).Distinct().Count() < 2
            && !sent.Exists(static s => s.Verdict == TraceVerdict.Undecided))
        {
            return;
        }

        foreach ((TracedEnd end, TraceVerdict verdict) in sent)
        {
            string because = string.Join("; ",
                Chain(end.Inner.Assumed).Concat(Chain(end.Outer!.Assumed)).Select(Describe));
            if (end.Outer.LostAt is { } lost)
            {
                because = $"{(because.Length > 0 ? because + "; " : "")}the walk is lost at rule {lost.Number} of "
                    + $"{lost.Chain} ({lost.Text})";
            }

            if (because.Length > 0)
            {
                assumptions.Add(string.Create(CultureInfo.InvariantCulture, $"{verdict} if {because}"));
            }
        }
    }

    private static Stack<Assumption> Chain(Assumption? last)
    {
        var all = new Stack<Assumption>();
        for (; last is not null; last = last.Before)
        {
            all.Push(last);
        }

        return all;
    }

    private static string Describe(Assumption assumption) => assumption.Rule is { } rule
        ? string.Create(CultureInfo.InvariantCulture,
            $"rule {rule.Number} of {rule.Chain} ({rule.Text}): {assumption.Text}")
        : assumption.Text;
}
