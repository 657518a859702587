namespace VxlanCsum.Netfilter.Rules;

/// <summary>What is known of a packet at one hook and does not change there.</summary>
internal sealed record PacketView
{
    public NetfilterFamily Family { get; init; }

    /// <summary>"OUTPUT" or "POSTROUTING".</summary>
    public string Hook { get; init; } = "POSTROUTING";

    /// <summary>Null where unknown.</summary>
    public byte? Protocol { get; init; }

    public PortKnowledge SourcePort { get; init; } = PortKnowledge.Nothing;

    /// <summary>Empty where it came in by none, null where unknown.</summary>
    public string? InInterface { get; init; } = string.Empty;

    /// <summary>Null where unknown.</summary>
    public string? OutInterface { get; init; }

    public ConnectionStates State { get; init; } = ConnectionStates.New;

    public Answer SourceIsLocal { get; init; } = Answer.Yes;

    /// <summary>Is the source an address of the device by which the packet leaves?</summary>
    public Answer SourceIsOfOutDevice { get; init; }

    /// <summary>Devices by which it certainly does not leave, where that one is unknown.</summary>
    public IReadOnlyList<string> NotOutInterfaces { get; init; } = [];

    /// <summary>Broadcast or multicast.</summary>
    public Answer DestinationIsGroup { get; init; } = Answer.No;

    /// <summary>Is the source the address that MASQUERADE would give it (the first of the device it leaves
    /// by)?</summary>
    public Answer SourceIsMasqueradeAddress { get; init; } = Answer.Yes;

    public IReadOnlyList<AddressSpan> PodNetworks { get; init; } = [];

    /// <summary>Addresses that are services', and so no node's and no pod's.</summary>
    public IReadOnlySet<NetAddress> ServiceAddresses { get; init; } = new HashSet<NetAddress>();

    public SetMembers Sets { get; init; } = SetMembers.None;
}
