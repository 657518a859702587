namespace VxlanCsum.Netfilter.Iptables;

/// <summary>The options of iptables' command line whose meaning the walk knows; all others are kept as they are spelled.</summary>
internal enum OptionId : byte
{
    Unknown = 0,

    // iptables itself
    Source,
    Destination,
    InInterface,
    OutInterface,
    Protocol,
    Fragment,
    Match,
    Jump,
    Goto,
    Counters,

    // matches
    Comment,
    Mark,
    SourcePort,
    DestinationPort,
    SourcePorts,
    DestinationPorts,
    Ports,
    CtState,
    CtStatus,
    CtDirection,
    MatchSet,
    SourceType,
    DestinationType,
    LimitToOutDevice,
    SourceRange,
    DestinationRange,
    TcpFlags,
    Syn,

    // targets
    SetXmark,
    SetMark,
    AndMark,
    OrMark,
    XorMark,
    SaveMark,
    RestoreMark,
    NfMask,
    CtMask,
    Mask,
    ToSource,
    ToDestination,
    ToPorts,
    To,
    Random,
    RandomFully,
    Persistent,
    NoTrack,
}
