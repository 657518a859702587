using PacketDotNet;

namespace VxlanCsum.Node.Pcap;

/// <summary>Decodes frames for people, with PacketDotNet. Verdicts never come from here: it takes UDP zero for wrong
/// and knows no port 8472.</summary>
internal static class PacketDecoder
{
    /// <summary>The decoded packet; null where PacketDotNet cannot read it (it throws on truncated headers and on link
    /// types it does not know).</summary>
    /// <param name="frame">A copy of its own: PacketDotNet keeps it, and may write into it.</param>
    public static object? Decode(LinkType link, byte[] frame)
    {
        try
        {
            return Packet.ParsePacket((LinkLayers)link, frame);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return null;
        }
    }
}
