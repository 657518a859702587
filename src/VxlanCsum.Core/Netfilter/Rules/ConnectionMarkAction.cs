namespace VxlanCsum.Netfilter.Rules;

/// <summary>CONNMARK --save-mark and --restore-mark; ct mark set meta mark, meta mark set ct mark.</summary>
/// <param name="restore">From the connection to the packet rather than back.</param>
/// <param name="to">Which bits of the receiving mark are replaced.</param>
/// <param name="from">Which bits of the giving mark are taken (xt_connmark: new = (old &amp; ~to) ^ (given &amp;
/// from)).</param>
internal sealed class ConnectionMarkAction(bool restore, uint to, uint from) : MarkChange
{
    public override string Target => "CONNMARK";

    public override WalkState Apply(WalkState state)
    {
        if (!state.HasConnection)
        {
            // What stands for a connection has a mark of its own, which the next packet finds again.
            return restore && state.Tracking == Tracking.Template
                ? state with { Mark = Copy(state.Mark, new MarkKnowledge(0, uint.MaxValue)) }
                : state;
        }

        return restore
            ? state with { Mark = Copy(state.Mark, state.ConnectionMark) }
            : state with { ConnectionMark = Copy(state.ConnectionMark, state.Mark) };
    }

    private MarkKnowledge Copy(MarkKnowledge old, MarkKnowledge given)
    {
        uint unknown = (old.Unknown & ~to) | (given.Unknown & from);
        return new MarkKnowledge(((old.Value & ~to) ^ (given.Value & from)) & ~unknown, unknown);
    }
}
