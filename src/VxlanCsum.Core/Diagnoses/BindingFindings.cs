using System.Globalization;
using VxlanCsum.Connections;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Diagnoses;

/// <summary>What the connection table says of the tunnels.</summary>
internal static class BindingFindings
{
    private const int Shown = 8;

    public static void Add(FindingList findings, NodeEvidence evidence, IReadOnlyList<TunnelState> tunnels)
    {
        if (evidence.Bindings is not { } bindings)
        {
            return;
        }

        foreach (TunnelState state in tunnels.DistinctBy(static t => t.Tunnel.Name)
            .Where(static t => t.Translated.Count > 0))
        {
            AddTranslated(findings, state, bindings);
        }

        if (bindings.TranslatedCount == 0 && bindings.OutgoingCount > 0)
        {
            string count = Phrase.Count(bindings.OutgoingCount, "tunnel flow", "tunnel flows"),
                services = Phrase.Count(bindings.MasqueradedCount, "masqueraded service flow",
                    "masqueraded service flows");
            (FindingSeverity severity, string message) = bindings.ShowNoTranslation
                ? (FindingSeverity.Good,
                    $"NAT rewrites none of the {count} that this node sends now, and "
                    + $"{services} went through a tunnel lately.")
                : (FindingSeverity.Information,
                    $"NAT rewrites none of the {count} that this node sends now. No service was asked through a "
                    + $"tunnel lately, so that does not say much.");
            findings.Add("NoTranslatedFlow", severity, DiagnosisSource.Connections, message);
        }
    }

    private static void AddTranslated(FindingList findings, TunnelState state, TunnelBindings bindings)
    {
        bool spoilt = state is { Offload: true, KernelHasDefect: true };
        string which = state.IsLeftOver
            ? " The rules as they are now do not do it: these flows began before, and stay rewritten as long as "
                + "packets come. `conntrack -D -p udp --dport "
                + string.Create(CultureInfo.InvariantCulture, $"{state.Tunnel.Port}` ends them.")
            : string.Empty;
        string then = spoilt ? " Receivers drop their packets." : string.Empty;
        findings.Add("TranslatedFlow", spoilt ? FindingSeverity.Fault : FindingSeverity.Warning,
            DiagnosisSource.Connections,
            $"NAT rewrites {Phrase.Count(state.Translated.Count, "tunnel flow", "tunnel flows")} of "
            + $"{state.Tunnel.Name} right now, of {Phrase.Count(bindings.OutgoingCount, "flow", "flows")} that this "
            + $"node sends: {state.Translated[0]}.{then}{which}",
            state.Translated.Take(Shown).Select(static b => b.ToString()));
    }
}
