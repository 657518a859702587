namespace VxlanCsum.Netfilter.Rules;

/// <summary>NOTRACK, CT; notrack. Without effect once conntrack, or another of them, has had the packet
/// (xt_ct_target).</summary>
/// <param name="target">Its name.</param>
/// <param name="follows">Conntrack will follow the packet, with other settings.</param>
internal sealed class TrackingAction(string target, bool follows) : RuleAction
{
    public override string Target { get; } = target;

    public bool Follows { get; } = follows;

    public WalkState Apply(WalkState state) => state.Tracking != Tracking.NotYet
        ? state
        : state with { Tracking = Follows ? Tracking.Template : Tracking.Untracked };

    public string Describe(WalkState before) => before.Tracking switch
    {
        Tracking.NotYet => Follows ? "match, goes on" : "conntrack will not follow this packet, so nat will not see it",
        Tracking.Template => "too late: another rule has told conntrack what to do",
        _ => "too late: conntrack has seen the packet",
    };
}
