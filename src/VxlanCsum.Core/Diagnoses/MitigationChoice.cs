using VxlanCsum.Mitigations;
using VxlanCsum.Netfilter.Walking;

namespace VxlanCsum.Diagnoses;

/// <summary>Which mitigations help here, best first: those that can be applied, break nothing, and are not applied
/// yet.</summary>
internal static class MitigationChoice
{
    public static IReadOnlyList<ChecksumMitigation> For(NodeEvidence evidence, IReadOnlyList<TunnelState> tunnels,
        CaptureJudgement capture)
    {
        ChecksumDefect defects = tunnels.Where(static t => (t.IsFault || t.IsRisk) && !t.IsLeftOver)
            .Aggregate(ChecksumDefect.None, static (all, t) => all | t.Defect) | OwnDefect(capture);
        bool unmarkHelps = tunnels.Any(static t => t.IsTranslated || t.IsRisk)
            ? !tunnels.Any(t => t.IsTranslated && IsTranslatedUnmarked(evidence.Facts, t))
            : capture.Own is not { } own || own.Mitigations.Contains(nameof(MitigationKind.UnmarkTunnel));
        return
        [
            .. MitigationCatalog.All
                .Where(e => (e.Cures & defects) != 0
                    && (unmarkHelps || e.Kind is not (MitigationKind.UnmarkTunnel or MitigationKind.PrependMasquerade)))
                .Select(e => e.Describe(MitigationPlanner.Plan(e.Kind, evidence.Facts)))
                .Where(static m => m is { Applicable: true, Applied: false, Danger: null })
                .Select(m => m with { NetworkNamespace = evidence.NetworkNamespace, NodeName = evidence.NodeName,
                    NodeId = evidence.NodeId, Origin = evidence.Origin })
                .OrderBy(static m => m.Rank),
        ];
    }

    private static ChecksumDefect OwnDefect(CaptureJudgement capture) =>
        (capture.Own?.Cause ?? (capture.Foreign is null ? capture.Suspect : null)) switch
        {
            ChecksumCause.NatZeroChecksum => ChecksumDefect.A,
            ChecksumCause.NatLocalChecksum => ChecksumDefect.B,
            ChecksumCause.OffloadForgotten => ChecksumDefect.C,
            _ => ChecksumDefect.None,
        };

    /// <summary>Would the rules translate the tunnel's packets without the mark, too? Then it does not help to clear
    /// it.</summary>
    private static bool IsTranslatedUnmarked(NodeFacts facts, TunnelState tunnel) =>
        facts.Rules is { } rules && facts.Walks.FirstOrDefault(w => w.TunnelDevice == tunnel.Tunnel.Name) is { } walk
        && Tracer.Trace(rules,
            walk with
            {
                Inner = false,
                Family = walk.TunnelFamily ?? walk.Family,
                Mark = 0,
                Source = null,
                Destination = null,
                OutInterface = null
            }).Verdict
            is TraceVerdict.DoubleSnat or TraceVerdict.DoubleSnatWithRandomPort;
}
