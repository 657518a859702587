namespace VxlanCsum;

/// <summary>What a piece of evidence shows.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum EvidenceKind : byte
{
    /// <summary>One bad packet, and the source port that its outer checksum is right for.</summary>
    ImpliedPort = 0,

    /// <summary>How many bindings imply a port that the sender could have chosen, and how often chance does
    /// that.</summary>
    ImpliedRange,

    /// <summary>Distinct packets of one binding that imply one and the same port.</summary>
    AgreeingPort,

    /// <summary>The address before NAT for which the checksums come out right, or how to find it.</summary>
    ImpliedAddress,

    /// <summary>One value on packets that need different ones.</summary>
    ConstantChecksum,

    /// <summary>A source port that the tunnel device would not have chosen: the outer packet was
    /// source-translated.</summary>
    SourcePort,

    /// <summary>A checksum that is right for another address or port.</summary>
    Stale,

    /// <summary>What the other checksums of the direction say about how the tunnel is set up.</summary>
    Setup,

    /// <summary>A broken flow that got through later, or did not.</summary>
    Retransmission,

    /// <summary>A field that still holds the pseudo-header sum.</summary>
    Seed,

    /// <summary>An outer checksum that is right once the inner one is completed.</summary>
    LocalChecksum,

    /// <summary>Packets longer than a wire carries.</summary>
    SuperPacket,

    /// <summary>An unfinished checksum where it should have been completed.</summary>
    UnfinishedOnWire,

    /// <summary>A wrong checksum that nothing explains.</summary>
    Damage,

    /// <summary>IPv4 headers without a checksum: header offload or a packet generator.</summary>
    HeaderOffload,

    /// <summary>Checksums that could not be verified, and why.</summary>
    Unverifiable,

    /// <summary>What was verified and found right.</summary>
    Verified,

    /// <summary>Where counting stopped to keep memory bounded.</summary>
    Limit,

    /// <summary>What the sender's connection table says of the ports before NAT.</summary>
    NatBinding,

    /// <summary>Only some packets were looked at, chosen at random.</summary>
    Sample,
}
