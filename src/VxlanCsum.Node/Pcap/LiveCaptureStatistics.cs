namespace VxlanCsum.Node.Pcap;

/// <summary>What became of the packets of a live capture (pcap_stats(3PCAP)).</summary>
/// <param name="Received">Packets that passed the filter, those dropped included.</param>
/// <param name="Dropped">Packets lost because they came faster than they were read.</param>
/// <param name="InterfaceDropped">Packets that the interface itself lost.</param>
internal sealed record LiveCaptureStatistics(uint Received, uint Dropped, uint InterfaceDropped);
