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
        MasqueradeMark mark = MasqueradeMark.Derive(rules, request.Family);
        var recorder = new TraceRecorder(enabled: true);
        var budget = new WalkBudget(cancellation);
        var assumptions = new List<string>();
        IReadOnlyList<NetfilterTable> tables = Tables(rules, request.Family, assumptions);
        IReadOnlyList<NetfilterTable> tunnelTables =
            request.TunnelFamily is null || request.TunnelFamily == request.Family ? tables
                : Tables(rules, request.TunnelFamily.Value, assumptions);
        string? device = request.TunnelDevice;
        if (device is null && request.Inner && TunnelDevices.Derive(tables) is { } derived)
        {
            device = derived;
            assumptions.Add($"the tunnel's device is {derived}: the rules speak of it");
        }

        var passes = new PacketPasses(rules, request, mark, device);
        if (mark.IsAssumed)
        {
            assumptions.Add(
                string.Create(CultureInfo.InvariantCulture, $"the masquerade mark is 0x{mark.Bits:x}: {mark.Origin}"));
        }

        List<TracedEnd> ends = [];
        var walker = new HookWalker(tables, request, recorder, budget);
        var tunnelWalker = new HookWalker(tunnelTables, request, recorder, budget);
        StateList inner = request.Inner ? Inner(walker, passes, recorder)
            : new StateList(passes.InnerState with { Mark = new MarkKnowledge(passes.Tunnel(0).Mark, 0) });
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
                walked[carried] = outer = Tunnel(tunnelWalker, passes, recorder, carried);
            }

            for (int j = 0; j < outer.Count; j++)
            {
                if (!request.Inner || NatOrders.Agree(inner[i], outer[j]))
                {
                    ends.Add(new TracedEnd(inner[i], outer[j]));
                }
            }
        }

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

        bool hasNat = rules.IsWholeNode
            || tunnelTables.Any(
                static t => t.BaseChains.Any(static c => c.Hook == "POSTROUTING" && c.IsNat)
                    || t.Find("KUBE-POSTROUTING") is not null || t.Find("masquerading") is not null);
        return new TraceSummary(request, mark, ends, Unmarked, hasNat,
            Missing(rules, [.. tables, .. tunnelTables])).Summarize(recorder, assumptions, passes);
    }

    /// <summary>Why rules may be missing, each with the command that shows them.</summary>
    private static List<string> Missing(NetfilterRuleset rules, IEnumerable<NetfilterTable> tables) =>
    [
        .. rules.Unread,
        .. tables.Where(static t => t.Missing is not null).Distinct()
            .Select(static t => $"table {t.Name} is not whole: {t.Missing}; `{t.SaveCommand}` shows all of it"),
        .. rules.IsWholeNode ? [] : tables.Where(IsTerse).Distinct()
            .Select(static t => $"no set of table {t.Name} has elements, as nft lists them with -t; "
                + $"`{t.SaveCommand}` shows them"),
    ];

    /// <summary>A set may be empty; that all are tells that their elements were left out.</summary>
    private static bool IsTerse(NetfilterTable table) =>
        table.Sets.Count > 0 && table.Sets.Values.All(static s => s.Elements.Count == 0);

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

    /// <summary>The family's tables. One that is in the text twice (two saves pasted together) counts once, as it was
    /// last.</summary>
    private static List<NetfilterTable> Tables(NetfilterRuleset rules, NetfilterFamily family, List<string> assumptions)
    {
        var kept = new List<NetfilterTable>();
        foreach (var same in rules.Of(family)
            .GroupBy(static t => (t.Backend, t.Family, t.Name,
                Part: t.Backend == NetfilterBackend.Nftables ? "" : t.Name)))
        {
            NetfilterTable last = same.Last();
            kept.Add(last);
            if (same.Skip(1).Any())
            {
                assumptions.Add($"{last} is in the text {same.Count()} times: the last one is walked");
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
