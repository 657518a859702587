namespace VxlanCsum;

/// <summary>
/// The verdict on one checksum, in Wireshark's words. Ordered from harmless to harmful, so that the
/// status of a packet is the greatest of its layers'.
/// </summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum ChecksumStatus : byte
{
    /// <summary>The field is right for the bytes it covers.</summary>
    Good = 0,

    /// <summary>No checksum was sent: UDP zero over IPv4, or the zero that RFC 6935 allows tunnels over IPv6.</summary>
    NotPresent = 1,

    /// <summary>
    /// Unfinished, not wrong: the field holds the pseudo-header sum that offloading starts from, or it is an
    /// outer checksum that becomes right once the inner seed is completed.
    /// </summary>
    Partial = 2,

    /// <summary>Cannot be judged: a fragment, a packet cut by the snapshot length, an unknown encapsulation.</summary>
    Unverified = 3,

    /// <summary>Zero where zero is forbidden: UDP over IPv6 outside tunnels, UDP-Lite.</summary>
    Illegal = 4,

    /// <summary>The field is wrong for the bytes it covers, and no unfinished offload explains it.</summary>
    Bad = 5,
}
