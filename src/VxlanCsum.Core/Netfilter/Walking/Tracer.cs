using System.Globalization;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Walking;

/// <summary>Walks a service packet and the tunnel packet that carries it through the rules, and says what that
/// means.</summary>
internal static class Tracer
{
    public static RuleTrace Trace(NetfilterRuleset rules, TraceRequest request,
        CancellationToken cancellation = default)
    {
        RuleTrace last = Trace(rules, request, 0, cancellation);
        if (last.Verdict != TraceVerdict.Safe || rules.IsWholeNode)
        {
            return last;
        }

        // The last of several is as good a guess as any; what another one would do to the packet leaves it open.
        for (int earlier = 1; earlier < Versions(rules); earlier++)
        {
            if (Trace(rules, request, earlier, cancellation) is { Verdict: not TraceVerdict.Safe } other)
            {
                return other with
                {
                    Verdict = TraceVerdict.Undecided,
                    Explanation = "Cannot be decided: a table is in the text more than once, and which is in force is "
                        + $"not told. The last one leaves the packet alone. With an earlier one: {other.Explanation}",
                };
            }
        }

        return last;
    }

    /// <summary>How often a table is in the text, at most.</summary>
    private static int Versions(NetfilterRuleset rules)
    {
        const int MostTried = 8;
        return Math.Min(MostTried, rules.Tables.GroupBy(KeyOf).Select(static g => g.Count()).DefaultIfEmpty().Max());
    }

    private static RuleTrace Trace(NetfilterRuleset rules, TraceRequest request, int earlier,
        CancellationToken cancellation)
    {
        MasqueradeMark mark = MasqueradeMark.Derive(rules, request.Family);
        var recorder = new TraceRecorder(enabled: true);
        var budget = new WalkBudget(cancellation);
        var assumptions = new List<string>();
        IReadOnlyList<NetfilterTable> tables = Tables(rules, request.Family, earlier, assumptions);
        IReadOnlyList<NetfilterTable> tunnelTables =
            request.TunnelFamily is null || request.TunnelFamily == request.Family ? tables
                : Tables(rules, request.TunnelFamily.Value, earlier, assumptions);
        var passes = new PacketPasses(rules, request, mark, Device(request, tables, assumptions));
        if (mark.IsAssumed)
        {
            assumptions.Add(
                string.Create(CultureInfo.InvariantCulture, $"the masquerade mark is 0x{mark.Bits:x}: {mark.Origin}"));
        }

        var walker = new HookWalker(tables, request, recorder, budget);
        var tunnelWalker = new HookWalker(tunnelTables, request, recorder, budget);
        StateList inner = request.Inner ? Inner(walker, passes, recorder)
            : new StateList(passes.InnerState with { Mark = new MarkKnowledge(passes.Tunnel(0).Mark, 0) });
        List<TracedEnd> ends = Ends(request, inner, carried => Tunnel(tunnelWalker, passes, recorder, carried));

        // Without the mark, would the tunnel packet still be translated? Then the mark is not to blame.
        var silent = new HookWalker(tunnelTables, request, new TraceRecorder(enabled: false), budget);
        bool Unmarked(TracedEnd end)
        {
            StateList outer = Tunnel(silent, passes, new TraceRecorder(enabled: false),
                end.Carried with { Value = end.Carried.Value & ~mark.Bits, Unknown = 0 });
            return Enumerable.Range(0, outer.Count)
                .Any(i => TraceSummary.VerdictOf(outer[i], request.State, request.Inner) is TraceVerdict.DoubleSnat
                    or TraceVerdict.DoubleSnatWithRandomPort);
        }

        bool hasNat = rules.IsWholeNode || tunnelTables.Any(HasNat);
        return new TraceSummary(request, mark, ends, Unmarked, hasNat,
            Missing(rules, request, [.. tables, .. tunnelTables])).Summarize(recorder, assumptions, passes);
    }

    private static string? Device(TraceRequest request, IReadOnlyList<NetfilterTable> tables, List<string> assumptions)
    {
        if (request.TunnelDevice is null && request.Inner && TunnelDevices.Derive(tables) is { } derived)
        {
            assumptions.Add($"the tunnel's device is {derived}: the rules speak of it");
            return derived;
        }

        return request.TunnelDevice;
    }

    private static bool HasNat(NetfilterTable table) =>
        table.BaseChains.Any(static c => c.Hook == "POSTROUTING" && c.IsNat)
        || table.Find("KUBE-POSTROUTING") is not null || table.Find("masquerading") is not null;

    /// <summary>Where each branch of the first packet ends, and the tunnel's packet that follows from it.</summary>
    private static List<TracedEnd> Ends(TraceRequest request, StateList inner, Func<MarkKnowledge, StateList> tunnel)
    {
        List<TracedEnd> ends = [];
        var walked = new Dictionary<MarkKnowledge, StateList>();
        for (int i = 0; i < inner.Count; i++)
        {
            if (inner[i].Dropped)
            {
                ends.Add(new TracedEnd(inner[i], null));
                continue;
            }

            // Branches that left the same mark on the packet are one from here on. What an unknown target did is
            // unknown.
            MarkKnowledge carried = inner[i].LostAt is null ? inner[i].Mark : new MarkKnowledge(0, uint.MaxValue);
            if (!walked.TryGetValue(carried, out StateList? outer))
            {
                walked[carried] = outer = tunnel(carried);
            }

            for (int j = 0; j < outer.Count; j++)
            {
                if (!request.Inner || NatOrders.Agree(inner[i], outer[j]))
                {
                    ends.Add(new TracedEnd(inner[i], outer[j]));
                }
            }
        }

        return ends;
    }

    /// <summary>Why rules may be missing, each with the command that shows them.</summary>
    private static List<string> Missing(NetfilterRuleset rules, TraceRequest request,
        IReadOnlyList<NetfilterTable> tables) =>
    [
        .. rules.Unread,
        .. rules.Hidden.Where(h => h.Family == request.Family || h.Family == request.TunnelFamily)
            .Select(static h => h.Because),
        .. tables.Where(static t => t.Missing is not null).Distinct()
            .Select(static t => $"table {t.Name} is not whole: {t.Missing}; `{t.SaveCommand}` shows all of it"),
        .. rules.IsWholeNode ? [] : tables.Where(IsTerse).Distinct()
            .Select(static t => $"no set of table {t.Name} has elements, as nft lists them with -t; "
                + $"`{t.SaveCommand}` shows them"),
        .. rules.IsWholeNode ? [] : tables.Where(IsGutted).Distinct()
            .Select(static t => $"KUBE-POSTROUTING of table {t.Name} has no MASQUERADE, as where lines were taken out; "
                + $"`{t.SaveCommand}` shows all of it"),
    ];

    /// <summary>A set may be empty; that all are tells that their elements were left out.</summary>
    private static bool IsTerse(NetfilterTable table) =>
        table.Sets.Count > 0 && table.Sets.Values.All(static s => s.Elements.Count == 0);

    /// <summary>kube-proxy and the kubelet never leave their chain so.</summary>
    private static bool IsGutted(NetfilterTable table) => table.Find("KUBE-POSTROUTING") is { MayGoOn: false } chain
        && !chain.Any(static r => r.Program.Find<NatAction>() is not null
            || r.Program.Find<UnknownAction>() is not null);

    private static StateList Inner(HookWalker walker, PacketPasses passes, TraceRecorder recorder)
    {
        recorder.Pass = TracePass.Inner;
        recorder.Note("OUTPUT", $"service packet: {passes.Inner}");
        var states = new StateList(passes.InnerState);
        if (passes.InnerStartsAtOutput)
        {
            states = walker.Walk(passes.InnerView("OUTPUT"), states);
        }

        return walker.Walk(passes.InnerView("POSTROUTING"), states);
    }

    private static StateList Tunnel(HookWalker walker, PacketPasses passes, TraceRecorder recorder,
        MarkKnowledge carried)
    {
        recorder.Pass = TracePass.Encapsulated;
        TracePacket packet = passes.Tunnel(carried.Value);
        recorder.Note("OUTPUT", $"tunnel packet: {packet}{(carried.Unknown == 0 ? "" : $", mark {carried}")}");
        var states = new StateList(PacketPasses.TunnelState(packet, carried));
        states = walker.Walk(passes.TunnelView(packet, "OUTPUT"), states);
        return walker.Walk(passes.TunnelView(packet, "POSTROUTING"), states);
    }

    private static (NetfilterBackend, NetfilterFamily, string) KeyOf(NetfilterTable table) =>
        (table.Backend, table.Family, table.Name);

    /// <summary>The family's tables. One that is in the text more than once (two saves pasted together) counts once: as
    /// it was last, or so many times earlier.</summary>
    private static List<NetfilterTable> Tables(NetfilterRuleset rules, NetfilterFamily family, int earlier,
        List<string> assumptions)
    {
        var kept = new List<NetfilterTable>();
        foreach (var same in rules.Of(family).GroupBy(KeyOf))
        {
            NetfilterTable[] all = [.. same];
            kept.Add(all[Math.Max(0, all.Length - 1 - earlier)]);
            if (all.Length > 1)
            {
                assumptions.Add($"{all[0]} is in the text {all.Length} times: "
                    + (earlier == 0 ? "the last one is walked" : "an earlier one is walked"));
            }
        }

        return kept;
    }
}

/// <summary>Where one branch ended.</summary>
/// <param name="Inner">The service packet's.</param>
/// <param name="Outer">The tunnel packet's; null where the service packet never became one.</param>
internal sealed record TracedEnd(WalkState Inner, WalkState? Outer)
{
    public MarkKnowledge Carried => Inner.Mark;
}
