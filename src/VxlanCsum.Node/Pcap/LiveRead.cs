namespace VxlanCsum.Node.Pcap;

/// <summary>What waiting for a frame brought.</summary>
internal enum LiveRead
{
    Frame,

    /// <summary>None in this time.</summary>
    Nothing,

    /// <summary>The capture has ended.</summary>
    End,
}
