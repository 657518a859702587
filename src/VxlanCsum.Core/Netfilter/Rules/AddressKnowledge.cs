namespace VxlanCsum.Netfilter.Rules;

/// <summary>What is known of an address of the packet.</summary>
/// <param name="Kind">How much.</param>
/// <param name="Exact">The address, where it is known.</param>
internal readonly record struct AddressKnowledge(AddressKind Kind, NetAddress Exact)
{
    public static AddressKnowledge Nothing { get; } = new(AddressKind.Unknown, default);

    /// <summary>Some node's own address: outside the pod network.</summary>
    public static AddressKnowledge Node { get; } = new(AddressKind.Node, default);

    /// <summary>Some pod's address: inside the pod network.</summary>
    public static AddressKnowledge Pod { get; } = new(AddressKind.Pod, default);

    public static AddressKnowledge Known(NetAddress address) => new(AddressKind.Exact, address);

    /// <summary>Is it one of these addresses?</summary>
    /// <param name="span">The addresses.</param>
    /// <param name="podNetworks">Where pods' addresses are, and no node's.</param>
    /// <param name="services">Addresses of services, which neither a node nor a pod has.</param>
    public Answer In(AddressSpan span, IReadOnlyList<AddressSpan> podNetworks, IReadOnlySet<NetAddress> services)
    {
        if (Kind == AddressKind.Exact)
        {
            return Answers.Of(span.Contains(Exact));
        }

        if (span.First == 0 && span.Last == NetAddress.All(span.V6))
        {
            return Answer.Yes;
        }

        if (Kind == AddressKind.Unknown)
        {
            return Answer.Unknown;
        }

        return span.IsSingle && services.Contains(new NetAddress(span.V6, span.First)) ? Answer.No
            : podNetworks.Count == 0 ? Answer.Unknown : In(span, podNetworks);
    }

    private Answer In(AddressSpan span, IReadOnlyList<AddressSpan> podNetworks)
    {
        bool inside = false, outside = true, covered = true;
        foreach (AddressSpan network in podNetworks)
        {
            inside |= network.Covers(span);
            outside &= network.Misses(span);
            covered &= network.V6 != span.V6 || span.Covers(network);
        }

        return Kind == AddressKind.Node
            ? (inside ? Answer.No : Answer.Unknown)
            : (outside ? Answer.No : covered ? Answer.Yes : Answer.Unknown);
    }

    public override string ToString() => Kind switch
    {
        AddressKind.Exact => Exact.ToString(),
        AddressKind.Node => "a node's address",
        AddressKind.Pod => "a pod's address",
        _ => "any address",
    };
}

/// <summary>How much is known of an address.</summary>
internal enum AddressKind : byte
{
    Unknown,
    Node,
    Pod,
    Exact,
}
