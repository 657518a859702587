using VxlanCsum.Marks;
using Xunit;

namespace VxlanCsum.UnitTests.Marks;

public sealed class PacketHeadersTests
{
    // As Linux 6.18 told of a datagram of one byte to port 99 of loopback.
    private const string Network = "4500001d9f66400040119d677f0000017f000001", Transport = "9aa200630009fe1c78";

    [Fact]
    public void IPv4IsRead()
    {
        MarkedPacket packet = Parse(Network, Transport)!;
        Assert.Equal(("127.0.0.1:39586 -> 127.0.0.1:99", "UDP", 29),
            (packet.ToString(), packet.Protocol, packet.Length));
    }

    [Fact]
    public void IPv6IsRead()
    {
        MarkedPacket packet = Parse("6000000000091140fd000010000000000000000000000014fd000010000000000000000000000010",
            Transport)!;
        Assert.Equal(("[fd00:10::14]:39586 -> [fd00:10::10]:99", "UDP", 49),
            (packet.ToString(), packet.Protocol, packet.Length));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("4500001d", "9aa20063")]
    [InlineData("0001080006040001", "")]
    public void WhatIsCutOrNotIPIsNone(string network, string transport) => Assert.Null(Parse(network, transport));

    [Fact]
    public void WithoutATransportHeaderThereAreNoPorts() => Assert.Null(Parse(Network, "9a")!.SourcePort);

    private static MarkedPacket? Parse(string network, string transport) =>
        PacketHeaders.Parse(Convert.FromHexString(network), Convert.FromHexString(transport));
}
