using VxlanCsum.Mitigations;
using VxlanCsum.Netfilter.Walking;

namespace VxlanCsum.Node.Mitigations;

/// <summary>Looks whether a mitigation does what it should: reads back, walks the tunnel's packet through the rules
/// again, and asks the kernel whether it still translates one. In the network namespace that it is for.</summary>
internal static class MitigationVerifier
{
    public static (bool Verified, string[] Lines, string[] After) Verify(MitigationPlan plan, NodeFacts facts,
        CancellationToken cancellation)
    {
        var lines = new List<string>();
        bool verified = plan.Applied;
        lines.Add(plan.Applied ? "read back: all is in effect"
            : $"read back: not in effect "
                + $"({string.Join("; ", plan.All.Where(static s => !s.InEffect).Select(static s => s.Before))})");
        if (ChangesRules(plan.Kind) && facts.Rules is { } rules)
        {
            foreach (TraceRequest walk in facts.Walks)
            {
                RuleTrace trace = Tracer.Trace(rules, walk, cancellation);
                lines.Add($"walk of {walk.Family} service packets through {walk.TunnelDevice}: {trace.Verdict}");
                verified &= trace.Verdict == TraceVerdict.Safe;
            }
        }

        // Only where all is in effect: until then bindings are made all the time.
        ushort[] ports = [.. facts.Tunnels.Select(static t => t.Port).OfType<ushort>().Distinct()];
        if (plan.Applied && ChangesRules(plan.Kind))
        {
            (bool areGone, string line) = Bindings.Verify(ports, cancellation);
            lines.Add(areGone || facts.HasConntrack ? line
                : line + "; conntrack, which deletes them, is not installed: they go once they were idle for 30 to 120 s");
            verified &= areGone;
        }

        return (verified, [.. lines],
            [.. plan.All.Where(static s => s.Step.Type != MitigationStepType.Flush)
                .Select(static s => s.InEffect ? s.After : s.Before)]);
    }

    private static bool ChangesRules(MitigationKind kind) =>
        kind is MitigationKind.UnmarkTunnel or MitigationKind.NoTrackTunnel
        or MitigationKind.AcceptTunnelPort or MitigationKind.PrependMasquerade or MitigationKind.AcceptOnInterface
        or MitigationKind.RemovePostroutingJump;
}
