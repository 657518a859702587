using VxlanCsum.Mitigations;
using VxlanCsum.Netfilter;

namespace VxlanCsum.Node.Mitigations;

/// <summary>Looks whether a mitigation does what it should: reads back, and walks the tunnel's packet through the rules again.</summary>
internal static class MitigationVerifier
{
    public static (bool Verified, string[] Lines, string[] After) Verify(MitigationPlan plan, NodeFacts facts, CancellationToken cancellation)
    {
        var lines = new List<string>();
        bool verified = plan.Applied;
        lines.Add(plan.Applied ? "read back: all is in effect" : $"read back: not in effect ({string.Join("; ", plan.All.Where(static s => !s.InEffect).Select(static s => s.Before))})");
        if (ChangesRules(plan.Kind) && facts.Rules is { } rules)
        {
            foreach (VxlanInterface tunnel in facts.Tunnels)
            {
                foreach (NetfilterFamily family in RulePlans.Families(facts with { Tunnels = [tunnel] }))
                {
                    RuleTrace trace = Tracer.Trace(rules, Request(tunnel, family), cancellation);
                    lines.Add($"walk of {tunnel.Name}'s {family} packets: {trace.Verdict}");
                    verified &= trace.Verdict == TraceVerdict.Safe;
                }
            }
        }

        return (verified, [.. lines], [.. plan.All.Where(static s => s.Step.Type != MitigationStepType.Flush).Select(static s => s.InEffect ? s.After : s.Before)]);
    }

    public static TraceRequest Request(VxlanInterface tunnel, NetfilterFamily family) => new()
    {
        Family = family,
        TunnelFamily = family,
        TunnelDevice = tunnel.Name,
        TunnelPort = tunnel.Port ?? TraceRequest.DefaultTunnelPort,
        TunnelSource = tunnel.Local,
        TunnelDestination = tunnel.Remote,
        MasqueradeAddress = tunnel.Local,
        Uplink = tunnel.UnderlyingDevice,
    };

    private static bool ChangesRules(MitigationKind kind) => kind is MitigationKind.UnmarkTunnel or MitigationKind.NoTrackTunnel
        or MitigationKind.AcceptTunnelPort or MitigationKind.PrependMasquerade or MitigationKind.AcceptOnInterface or MitigationKind.RemovePostroutingJump;
}
