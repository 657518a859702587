using VxlanCsum.Netfilter.Iptables;

namespace VxlanCsum.Netfilter.Rules;

/// <summary>One rule of iptables in 28 bytes: where its line is, and what most often tells that it does not
/// match.</summary>
internal struct RuleRecord
{
    /// <summary>Where the line begins in the arena.</summary>
    public int Text;

    /// <summary>Of the text it was read from, 1-based.</summary>
    public uint Line;

    /// <summary>The IPv4 destination it asks for, where its mask is not 0.</summary>
    public uint Destination;

    /// <summary>0 where the rule asks for no destination, or for one that does not fit here.</summary>
    public uint DestinationMask;

    /// <summary>The destination ports it asks for; 0 to 65535 where it asks for none, or for several ranges.</summary>
    public ushort FirstPort;

    public ushort LastPort;

    /// <summary>The line's bytes.</summary>
    public ushort Length;

    public RuleTraits Traits;

    /// <summary>The protocol it asks for; 0 where it asks for none.</summary>
    public byte Protocol;

    /// <summary>How many <see cref="PackedOption"/> stand behind the line; 0 where it has to be divided
    /// again.</summary>
    public byte Options;

    /// <summary>Certainly not this packet: none of what stands here is negated.</summary>
    public readonly bool Misses(in PacketHint packet) =>
        ((Destination ^ packet.Destination) & DestinationMask & packet.DestinationMask) != 0
        || (Protocol != 0 && packet.Protocol != 0 && Protocol != packet.Protocol)
        || packet.FirstPort > LastPort || packet.LastPort < FirstPort;
}

/// <summary>What a rule is about.</summary>
[Flags]
internal enum RuleTraits : ushort
{
    None = 0,

    /// <summary>The mark, the source address or the connection's tracking: shown in a trace also where it does not
    /// match.</summary>
    MarkOrNat = 1,

    /// <summary>It has counters: "[p:b]" before it, or -c in it.</summary>
    Counters = 2,

    /// <summary>Written as iptables-save writes, in printable ASCII: any part of it can be shown as it is.</summary>
    Canonical = 4,

    // The options it has somewhere, so that what is not there need not be looked for.
    Comment = 8,
    Protocol = 16,
    Source = 32,
    Destination = 64,
    InInterface = 128,
    OutInterface = 256,
    Mark = 512,
    MatchSet = 1024,
    MarkOperation = 2048,
    RandomFully = 4096,
    Goto = 8192,
}

/// <summary>What is known of the packet, in the form that <see cref="RuleRecord.Misses"/> compares.</summary>
/// <param name="Destination">IPv4; with a mask of 0 unknown.</param>
/// <param name="DestinationMask">All ones or all zeros.</param>
/// <param name="Protocol">0 where unknown.</param>
/// <param name="FirstPort">The lowest destination port it may have.</param>
/// <param name="LastPort">The highest.</param>
internal readonly record struct PacketHint(uint Destination, uint DestinationMask, byte Protocol, ushort FirstPort,
    ushort LastPort)
{
    public static PacketHint Of(PacketView packet, WalkState state)
    {
        bool known = state.Destination.Kind == AddressKind.Exact && !state.Destination.Exact.V6;
        return new PacketHint(
            known ? (uint)state.Destination.Exact.Bits : 0, known ? uint.MaxValue : 0, packet.Protocol ?? 0,
            state.DestinationPort.First, state.DestinationPort.Last);
    }
}
