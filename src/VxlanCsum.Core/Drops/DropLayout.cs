namespace VxlanCsum.Drops;

/// <summary>What the program must know of the kernel it runs in: all of it is read from the kernel's own
/// types.</summary>
internal sealed record DropLayout
{
    /// <summary>The type of the tracepoint, by which the program is attached.</summary>
    public required int TracepointType { get; init; }

    /// <summary>The reasons that speak of a checksum, by number, without "SKB_DROP_REASON_"; none before
    /// 5.17.</summary>
    public required IReadOnlyDictionary<int, string> Reasons { get; init; }

    // Offsets in struct sk_buff.
    public required short Length { get; init; }

    public required short Head { get; init; }

    public required short Data { get; init; }

    public required short NetworkHeader { get; init; }

    public required short TransportHeader { get; init; }

    public required short Device { get; init; }

    // In struct net_device, and in struct net.
    public required short InterfaceIndex { get; init; }

    public required short Net { get; init; }

    public required short NamespaceNumber { get; init; }

    /// <summary>Whether the kernel says why it drops a packet; where it does not, arithmetic must tell.</summary>
    public bool TellsReason => Reasons.Count > 0;

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">The kernel does not describe what is needed; the message says what is
    /// missing.</exception>
    public static DropLayout Read(BtfTypes types)
    {
        int tracepoint = types.Find(BtfKind.Typedef, "btf_trace_kfree_skb");
        if (tracepoint == 0 || types.Arguments(tracepoint) is not { } arguments)
        {
            throw new FormatException("it has no tracepoint kfree_skb");
        }

        // The first argument is the tracer's own; then skb, location, and from 5.17 on the reason.
        const int ArgumentsWithReason = 4;
        short Offset(string structure, string path) => types.FieldOffset(structure, path) switch
        {
            null => throw new FormatException($"its struct {structure} has no {path}"),
            { } offset and >= 0 and <= short.MaxValue => (short)offset,
            _ => throw new FormatException(
                $"in its struct {structure} {path} stands further than an instruction reaches"),
        };
        return new DropLayout
        {
            TracepointType = tracepoint,
            Reasons = arguments >= ArgumentsWithReason ? ReadReasons(types) : new Dictionary<int, string>(),
            Length = Offset("sk_buff", "len"),
            Head = Offset("sk_buff", "head"),
            Data = Offset("sk_buff", "data"),
            NetworkHeader = Offset("sk_buff", "network_header"),
            TransportHeader = Offset("sk_buff", "transport_header"),
            Device = Offset("sk_buff", "dev"),
            InterfaceIndex = Offset("net_device", "ifindex"),
            Net = Offset("net_device", "nd_net.net"),
            NamespaceNumber = Offset("net", "ns.inum"),
        };
    }

    private static Dictionary<int, string> ReadReasons(BtfTypes types)
    {
        const string Prefix = "SKB_DROP_REASON_", Suffix = "_CSUM";
        var reasons = new Dictionary<int, string>();
        foreach ((string name, int value) in types.Enumerators("skb_drop_reason"))
        {
            if (name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal))
            {
                reasons.TryAdd(value, name[Prefix.Length..]);
            }
        }

        return reasons;
    }
}
