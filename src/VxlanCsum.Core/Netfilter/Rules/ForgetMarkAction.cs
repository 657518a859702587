namespace VxlanCsum.Netfilter.Rules;

/// <summary>The mark is set to something that only the running kernel knows (a map, a hash, a counter).</summary>
internal sealed class ForgetMarkAction(bool ofConnection) : MarkChange
{
    private static readonly MarkKnowledge s_anything = new(0, uint.MaxValue);

    public override string Target => ofConnection ? "CONNMARK" : "MARK";

    public override WalkState Apply(WalkState state) =>
        !ofConnection ? state with { Mark = s_anything }
        : !state.HasConnection ? state
        : state with { ConnectionMark = s_anything };
}
