namespace VxlanCsum.Mitigations;

/// <summary>From the facts of a node to what each mitigation would do there. Touches nothing.</summary>
internal static class MitigationPlanner
{
    private static readonly Dictionary<MitigationKind, Func<NodeFacts, MitigationPlan>> s_plans = new()
    {
        [MitigationKind.UnmarkTunnel] = RulePlans.Unmark,
        [MitigationKind.NoTrackTunnel] = RulePlans.NoTrack,
        [MitigationKind.AcceptTunnelPort] = RulePlans.AcceptPort,
        [MitigationKind.PrependMasquerade] = RulePlans.Prepend,
        [MitigationKind.AcceptOnInterface] = RulePlans.AcceptInterface,
        [MitigationKind.RemovePostroutingJump] = RulePlans.RemoveJump,
        [MitigationKind.DisableTxChecksum] = DevicePlans.TxChecksum,
        [MitigationKind.DisableRxTxOffload] = DevicePlans.RxTx,
        [MitigationKind.DisableTunnelSegmentation] = DevicePlans.TunnelSegmentation,
        [MitigationKind.AddServiceRoute] = DevicePlans.ServiceRoute,
        [MitigationKind.FelixChecksumOverride] = DevicePlans.Felix,
    };

    /// <exception cref="KeyNotFoundException">There is no such kind.</exception>
    public static MitigationPlan Plan(MitigationKind kind, NodeFacts facts) => s_plans[kind](facts);
}
