using VxlanCsum.Verdicts;

namespace VxlanCsum.Tickets;

/// <summary>What printed packets lack, each in a sentence with the command that brings it.</summary>
internal static class PacketWords
{
    /// <param name="reason">Why most of them have no verdict.</param>
    /// <param name="device">Where they were captured.</param>
    /// <param name="port">The tunnel's.</param>
    public static (string What, string Command) Missing(LayerReason reason, string device, string port)
    {
        string print = $"tcpdump -ni {device} -vv -s 0 -c 50 'udp port {port}'";
        return reason switch
        {
            LayerReason.NoVerdict or LayerReason.Unremarked => ("what tcpdump says of the checksums: it ran without -vv", print),
            LayerReason.AddressUnknown => ("the addresses: tcpdump ran without -n, or they were masked", print),
            LayerReason.LengthUnknown => ("the header line before each packet, which grep took away", print),
            LayerReason.InnerUnknown => ("the lines of the inner packet, behind the tunnel's", print),
            LayerReason.Truncated or LayerReason.BeyondCapture => ("the whole packets: they were cut by the snapshot length", print),
            LayerReason.Fragment => ("packets that are no fragments",
                $"tcpdump -ni {device} -s 0 -c 200 -w tunnel.pcap"),
            _ => ("packets that can be verified", print),
        };
    }
}
