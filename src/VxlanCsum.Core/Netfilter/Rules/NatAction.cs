namespace VxlanCsum.Netfilter.Rules;

/// <summary>MASQUERADE, SNAT, DNAT, REDIRECT, NETMAP and nft's statements of these names.</summary>
internal sealed class NatAction(NatKind kind) : RuleAction
{
    public NatKind Kind { get; } = kind;

    /// <summary>The new addresses; null where they are not given or not known.</summary>
    public AddressSpan? Addresses { get; init; }

    /// <summary>The new ports, ends included; null where the port may stay.</summary>
    public (ushort First, ushort Last)? Ports { get; init; }

    /// <summary>Only ports are given: the address stays.</summary>
    public bool KeepsAddress { get; init; }

    /// <summary>--random: the port is chosen by a hash.</summary>
    public bool Random { get; init; }

    /// <summary>--random-fully: the port is chosen by chance.</summary>
    public bool RandomFully { get; init; }

    public override string Target => Kind switch
    {
        NatKind.Masquerade => "MASQUERADE",
        NatKind.Source => "SNAT",
        NatKind.Destination => "DNAT",
        NatKind.Redirect => "REDIRECT",
        _ => "NETMAP",
    };

    /// <summary>
    /// What becomes of the source (nf_nat_setup_info, get_unique_tuple): without a random flag the kernel first tries
    /// to keep address and port, and translates nothing where both are in the wanted range.
    /// </summary>
    public Translation SourceOutcome(PacketView packet, WalkState state)
    {
        // Where the range is one port there is nothing to choose.
        bool chooses = Random || RandomFully;
        if (chooses && !(Ports is { } one && one.First == one.Last))
        {
            return Translation.RandomPort;
        }

        Answer portKept = Ports is { } ports ? packet.SourcePort.In(ports.First, ports.Last) : Answer.Yes;
        return Answers.And(SourceKept(packet, state, chooses), portKept) switch
        {
            Answer.Yes => Translation.Kept,
            Answer.No => Translation.Address,
            _ => Translation.Unknown,
        };
    }

    private Answer SourceKept(PacketView packet, WalkState state, bool chooses)
    {
        if (Kind == NatKind.Masquerade)
        {
            return packet.SourceIsMasqueradeAddress;
        }

        if (Addresses is not { } span)
        {
            return KeepsAddress ? Answer.Yes : Answer.Unknown;
        }

        // NETMAP replaces the network's part alone. Of several addresses a hash chooses where the old one is not tried
        // first.
        Answer within = state.Source.In(span, packet.PodNetworks, packet.ServiceAddresses);
        return within == Answer.Yes && chooses && !span.IsSingle && Kind != NatKind.Netmap ? Answer.Unknown : within;
    }

    /// <summary>Is the destination what it would become? Then nothing is rewritten.</summary>
    public Answer DestinationKept(PacketView packet, WalkState state)
    {
        Answer addressKept = Kind == NatKind.Redirect ? Answer.No
            : Addresses is not { } span ? (KeepsAddress ? Answer.Yes : Answer.Unknown)
            : Kind == NatKind.Netmap || span.IsSingle
                ? state.Destination.In(span, packet.PodNetworks, packet.ServiceAddresses)
            : Answer.Unknown;
        Answer portKept = Ports is not { } ports ? Answer.Yes
            : Random || RandomFully ? Answer.No : state.DestinationPort.In(ports.First, ports.Last);
        return Answers.And(addressKept, portKept);
    }
}

/// <summary>Which translation a rule asks for.</summary>
internal enum NatKind : byte
{
    Masquerade,
    Source,
    Destination,
    Redirect,
    Netmap,
}

/// <summary>What became of a packet's source.</summary>
internal enum Translation : byte
{
    /// <summary>No rule translated it.</summary>
    None,

    /// <summary>A rule did, and address and port are what they were.</summary>
    Kept,

    /// <summary>The address, or the port into a given range, changed.</summary>
    Address,

    /// <summary>The port was chosen anew.</summary>
    RandomPort,

    /// <summary>A rule did, and it cannot be told whether anything changed.</summary>
    Unknown,
}
