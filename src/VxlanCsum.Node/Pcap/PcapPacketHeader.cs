using System.Runtime.InteropServices;

namespace VxlanCsum.Node.Pcap;

/// <summary>libpcap's struct pcap_pkthdr: a timeval, then both lengths.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PcapPacketHeader
{
    public nint Seconds;

    /// <summary>Micro- or nanoseconds, as the handle says.</summary>
    public nint Fraction;

    public uint Captured;
    public uint Wire;
}
