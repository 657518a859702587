namespace VxlanCsum.Captures.Files;

/// <summary>Which of a pcap record's two lengths is the captured one.</summary>
internal enum PcapLengthOrder
{
    /// <summary>The first: all writers since version 2.4.</summary>
    CapturedFirst,

    /// <summary>The second: version 2.2 and before.</summary>
    WireFirst,

    /// <summary>Version 2.3: both orders exist, so the smaller one.</summary>
    SmallerIsCaptured,
}
