namespace VxlanCsum.Netfilter.Rules;

/// <summary>What is known of a port: it is one of these, ends included.</summary>
internal readonly record struct PortKnowledge(ushort First, ushort Last)
{
    public static PortKnowledge Nothing { get; } = new(0, ushort.MaxValue);

    public static PortKnowledge Known(ushort port) => new(port, port);

    public bool IsKnown => First == Last;

    public Answer In(ushort first, ushort last) =>
        first <= First && last >= Last ? Answer.Yes : first > Last || last < First ? Answer.No : Answer.Unknown;
}
