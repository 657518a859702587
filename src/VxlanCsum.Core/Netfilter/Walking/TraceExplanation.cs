using System.Globalization;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Walking;

/// <summary>The verdict in plain words.</summary>
internal static class TraceExplanation
{
    public static string For(
        TraceVerdict verdict, TraceRequest request, MasqueradeMark mark, TracedEnd? end, NetfilterRule? snat,
        NetfilterRule? offending,
        bool hasNat, IReadOnlyList<string> missing, IReadOnlyList<string> assumptions, bool dependsOnOrder)
    {
        const string packet = "The encapsulated packet";
        return verdict switch
        {
            TraceVerdict.Safe => Safe(packet, request, mark, end),
            TraceVerdict.Undecided when dependsOnOrder => ByOrder(request, mark, end!, snat!, offending!),
            TraceVerdict.Undecided when !hasNat =>
                "No chain of nat POSTROUTING is among the rules, so nothing can be said of what it does. Read the "
                + "whole of iptables-save, of every engine that holds rules.",
            TraceVerdict.Undecided when missing.Count > 0 =>
                $"Cannot be decided: {string.Join(". ", missing.Select(static m => m.TrimEnd('.')))}. What is "
                + $"missing may translate the packet.",
            TraceVerdict.Undecided => "Cannot be decided from these rules"
                + $"{(assumptions.Count == 0 ? "." : ": " + Some(assumptions) + ".")}{Established(request)}",
            _ => Double(packet, verdict, mark, end!, snat!, offending!) + Lacking(missing),
        };
    }

    private static string ByOrder(TraceRequest request, MasqueradeMark mark, TracedEnd end, NetfilterRule snat,
        NetfilterRule offending)
    {
        TraceVerdict verdict = TraceSummary.VerdictOf(end.Outer!, request.State, request.Inner);
        return "Which backend the kernel asks first decides, and no rule tells that. "
            + $"If {NatOrders.Of(end)}: {Double("the encapsulated packet", verdict, mark, end, snat, offending)} "
            + "In the other order it is left alone.";
    }

    private static string Safe(string packet, TraceRequest request, MasqueradeMark mark, TracedEnd? end)
    {
        if (end?.Outer is not { } outer)
        {
            return end is null ? "Nothing was walked."
                : $"The service packet is dropped{By(end.Inner.EndedBy)} and never reaches the tunnel.";
        }

        if (outer.Dropped)
        {
            return $"{packet} is dropped{By(outer.EndedBy)}: whatever becomes of the tunnel, it is not this fault.";
        }

        bool marked = (outer.Mark.Value & mark.Bits) == mark.Bits && mark.Bits != 0;
        string carried = marked ? $"still carries mark {Hex(mark.Bits)}, but " : "carries no masquerade mark, and ";
        string why = outer.Untracked
            ? $"{(marked ? carried : "")}is not followed by conntrack, so nat never sees it"
            : carried + Untranslated(outer, request);
        return $"{packet} {why}.{(marked ? "" : Cleared(end, outer))}";
    }

    private static string Cleared(TracedEnd end, WalkState outer) =>
        !ReferenceEquals(end.Inner, outer) && end.Inner is { TranslatedBy: { } rule, Mark.Value: 0 }
            ? $" The service packet's mark was cleared before {Name(rule)} masqueraded it." : string.Empty;

    private static string Untranslated(WalkState outer, TraceRequest request) => outer switch
    {
        { Translation: Translation.Kept, TranslatedBy: { } rule } =>
            $"{Name(rule)} masquerades it without a random port: {Luck(request)}. A random port, or another source "
            + "address, would bring the fault",
        { EndedBy: { } rule } => $"{Name(rule)} lets it pass before any SNAT",
        _ => "no rule of nat POSTROUTING translates it",
    };

    private static string Double(string packet, TraceVerdict verdict, MasqueradeMark mark, TracedEnd end,
        NetfilterRule snat, NetfilterRule offending)
    {
        string what = end.Outer!.TranslatedBy is null
            ? "has its destination rewritten, which breaks the checksum as SNAT does,"
            : verdict == TraceVerdict.DoubleSnatWithRandomPort ? "is SNATed to a port chosen anew"
                : "is SNATed to another address or port";
        if (!Equals(snat, offending))
        {
            return $"{packet} {what} by {Name(snat)}, because it still carries mark {Hex(mark.Bits)}: "
                + $"{Name(offending)} ended the service packet's walk before the mark was cleared.";
        }

        bool marked = (end.Carried.Value & mark.Bits) != 0;
        return $"{packet} {what} by {Name(snat)}{(marked && snat.Mark is not null ? $", which asks for mark "
            + $"{Hex(mark.Bits)} and never clears it" : "")}.";
    }

    private static string Luck(TraceRequest request) => request.KeepsSource is null && request.MasqueradeAddress is null
        ? "harmless only while the tunnel's address is the first of the interface that it leaves by"
        : "address and port are already what they should be, so the kernel translates nothing";

    /// <summary>The first few: all of them are in the trace, and a node may have thousands of rules.</summary>
    private static string Some(IReadOnlyList<string> assumptions)
    {
        const int Most = 4, Longest = 400;
        string shown = string.Join(". ",
            assumptions.Distinct(StringComparer.Ordinal).Take(Most)
                .Select(static a => a.Length > Longest ? a[..Longest] + "..." : a));
        int more = assumptions.Distinct(StringComparer.Ordinal).Count() - Most;
        return more > 0 ? string.Create(CultureInfo.InvariantCulture, $"{shown}. And {more} more, in Assumptions")
            : shown;
    }

    private static string Lacking(IReadOnlyList<string> missing) =>
        missing.Count == 0 ? ""
            : $" But {string.Join(". ", missing.Select(static m => m.TrimEnd('.')))}: what is missing may prevent it.";

    private static string Established(TraceRequest request) =>
        PacketPasses.State(request.State) == ConnectionStates.Established
        ? " nat is asked for the first packet of a connection only; what it decided then holds. See `conntrack -L`."
        : string.Empty;

    private static string By(NetfilterRule? rule) => rule is null ? "" : $" by {Name(rule)}";

    private static string Name(NetfilterRule rule) => string.Create(
        CultureInfo.InvariantCulture,
        $"rule {rule.Number} of {rule.Owner.Table.BackendName} {rule.Table} {rule.Chain} ({rule.Text})");

    private static string Hex(uint bits) => string.Create(CultureInfo.InvariantCulture, $"0x{bits:x}");
}
