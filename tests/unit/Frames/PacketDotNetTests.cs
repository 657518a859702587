using PacketDotNet;
using Xunit;

namespace VxlanCsum.UnitTests.Frames;

/// <summary>A third opinion, where PacketDotNet has one worth hearing: single packets, whole, without exotic
/// headers.</summary>
public sealed class PacketDotNetTests
{
    [Theory]
    [InlineData("Ethernet, IPv4")]
    [InlineData("Ethernet, IPv6")]
    [InlineData("802.1Q")]
    [InlineData("IPv4, wrong header checksum")]
    [InlineData("IPv4, options")]
    [InlineData("TCP, wrong")]
    [InlineData("UDP")]
    [InlineData("UDP over IPv6")]
    [InlineData("UDP, wrong")]
    [InlineData("TCP seed")]
    [InlineData("TCP seed over IPv6")]
    public void PacketDotNetAgrees(string name)
    {
        CraftedFrame frame = CraftedFrames.All.Single(f => f.Link == LinkType.Ethernet && f.Name == name);
        // On a copy: validating writes into the packet's bytes.
        PacketDotNet.Packet packet = PacketDotNet.Packet.ParsePacket(LinkLayers.Ethernet, [.. frame.Bytes]);
        List<bool> theirs = [];
        if (packet.Extract<IPv4Packet>() is { } ip)
        {
            theirs.Add(ip.ValidIPChecksum);
        }

        theirs.Add(packet.Extract<TcpPacket>() is { } tcp ? tcp.ValidTcpChecksum
            : packet.Extract<UdpPacket>().ValidUdpChecksum);
        Assert.Equal(theirs,
            Walked.Of(frame.Bytes, frame.Wire, frame.Link).Layers.Select(l => l.Status == ChecksumStatus.Good));
    }
}
