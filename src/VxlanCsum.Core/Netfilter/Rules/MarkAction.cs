namespace VxlanCsum.Netfilter.Rules;

/// <summary>MARK; CONNMARK --set-xmark; meta mark set, ct mark set, with constants.</summary>
internal sealed class MarkAction(MarkOperation operation, bool ofConnection) : MarkChange
{
    public MarkOperation Operation { get; } = operation;

    public bool OfConnection { get; } = ofConnection;

    public override string Target => OfConnection ? "CONNMARK" : "MARK";

    public override WalkState Apply(WalkState state) => !OfConnection
        ? state with { Mark = state.Mark.Apply(Operation) }
        : !state.HasConnection ? state
        : state with { ConnectionMark = state.ConnectionMark.Apply(Operation) };
}
