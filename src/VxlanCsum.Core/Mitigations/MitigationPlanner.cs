namespace VxlanCsum.Mitigations;

/// <summary>From the facts of a node to what each mitigation would do there. Touches nothing.</summary>
internal static class MitigationPlanner
{
    public static MitigationPlan Plan(MitigationKind kind, NodeFacts facts) => kind switch
    {
        MitigationKind.UnmarkTunnel => RulePlans.Unmark(facts),
        MitigationKind.NoTrackTunnel => RulePlans.NoTrack(facts),
        MitigationKind.AcceptTunnelPort => RulePlans.AcceptPort(facts),
        MitigationKind.PrependMasquerade => RulePlans.Prepend(facts),
        MitigationKind.AcceptOnInterface => RulePlans.AcceptInterface(facts),
        MitigationKind.RemovePostroutingJump => RulePlans.RemoveJump(facts),
        MitigationKind.DisableTxChecksum => DevicePlans.TxChecksum(facts),
        MitigationKind.DisableRxTxOffload => DevicePlans.RxTx(facts),
        MitigationKind.DisableTunnelSegmentation => DevicePlans.TunnelSegmentation(facts),
        MitigationKind.AddServiceRoute => DevicePlans.ServiceRoute(facts),
        MitigationKind.FelixChecksumOverride => DevicePlans.Felix(facts),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
