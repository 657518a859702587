namespace VxlanCsum.Netfilter.Rules;

/// <summary>-m mark, -m connmark; meta mark, ct mark.</summary>
internal sealed class MarkCondition(MarkMatch match, bool ofConnection) : RuleCondition
{
    public MarkMatch Match { get; } = match;

    /// <summary>The connection's mark rather than the packet's.</summary>
    public bool OfConnection { get; } = ofConnection;

    public override Answer Test(PacketView packet, WalkState state) =>
        OfConnection && !state.HasConnection ? state.WithoutConnection : Of(state).Test(Match);

    public WalkState Assume(WalkState state, bool held) => OfConnection
        ? state with { ConnectionMark = state.ConnectionMark.Assume(Match, held) }
        : state with { Mark = state.Mark.Assume(Match, held) };

    private MarkKnowledge Of(WalkState state) => OfConnection ? state.ConnectionMark : state.Mark;
}
