using VxlanCsum.Marks;
using VxlanCsum.TcpdumpText;
using Xunit;

namespace VxlanCsum.UnitTests.Marks;

public sealed class LogLineTests
{
    private const string Prefix = "0x4000-marked-ab12: ";
    private static readonly TunnelView s_tunnels = new(new HashSet<string> { "vx" }, new HashSet<int> { 8472 });

    [Fact]
    public void ATunnelsPacketIsRead()
    {
        MarkedPacket packet =
            Parse("IN=vx OUT=up0 SRC=10.0.10.14 DST=10.0.10.10 LEN=132 TOS=0x00 PREC=0x00 TTL=64 ID=3160 PROTO=UDP "
                + "SPT=33742 DPT=8472 LEN=112 MARK=0x4000 ")!;
        Assert.Equal(("vx", "up0", "UDP", 33742, 8472, 132, 0x4000u),
            (packet.InInterface, packet.OutInterface, packet.Protocol, packet.SourcePort, packet.DestinationPort,
                packet.Length, packet.Mark));
        Assert.Equal("10.0.10.14:33742 -> 10.0.10.10:8472", packet.ToString());
        Assert.Equal(MarkedPacketLayer.Encapsulated, s_tunnels.Judge(packet).Layer);
    }

    [Fact]
    public void WhatGoesIntoATunnelIsRead()
    {
        MarkedPacket packet =
            Parse("IN= OUT=vx SRC=10.0.20.14 DST=10.244.2.1 LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=1 DF PROTO=TCP "
                + "SPT=40627 DPT=5300 WINDOW=64240 RES=0x00 SYN URGP=0 MARK=0xc4000")!;
        Assert.Equal((null, "TCP", 0xc4000u), (packet.InInterface, packet.Protocol, packet.Mark));
        Assert.Equal(MarkedPacketLayer.Inner, s_tunnels.Judge(packet).Layer);

        // A tunnel in a tunnel goes into one all the same.
        Assert.Equal(MarkedPacketLayer.Inner,
            s_tunnels.Judge(packet with { Protocol = "UDP", DestinationPort = 8472 }).Layer);
        Assert.Equal(MarkedPacketLayer.Other, s_tunnels.Judge(packet with { OutInterface = "eth0" }).Layer);
    }

    [Fact]
    public void IPv6IsRead()
    {
        MarkedPacket packet =
            Parse("IN= OUT=up0 SRC=fd00:0010:0000:0000:0000:0000:0000:0014 "
                + "DST=fd00:0010:0000:0000:0000:0000:0000:0010 LEN=150 TC=0 HOPLIMIT=64 FLOWLBL=0 PROTO=UDP SPT=1 "
                + "DPT=8472 LEN=110 MARK=0x4000")!;
        Assert.Equal("[fd00:10::14]:1 -> [fd00:10::10]:8472", packet.ToString());
    }

    [Fact]
    public void WhatAnErrorQuotesIsNotThePacket()
    {
        MarkedPacket packet =
            Parse("IN= OUT=eth0 SRC=10.0.0.1 DST=10.0.0.2 LEN=88 TTL=64 ID=7 PROTO=ICMP TYPE=3 CODE=3 [SRC=10.9.9.9 "
                + "DST=10.8.8.8 LEN=60 PROTO=UDP SPT=5 DPT=6 LEN=40 ] MARK=0x4000")!;
        Assert.Equal(("ICMP", null, 0x4000u, "10.0.0.1 -> 10.0.0.2"),
            (packet.Protocol, packet.SourcePort, packet.Mark, packet.ToString()));
    }

    [Theory]
    [InlineData("0x4000-marked-cd34: IN= OUT=vx SRC=10.0.0.1 DST=10.0.0.2")]
    [InlineData("br0: port 1(vb) entered disabled state")]
    [InlineData("x 0x4000-marked-ab12: IN= OUT=vx SRC=10.0.0.1 DST=10.0.0.2")]
    [InlineData(Prefix)]
    [InlineData(Prefix + "IN= OUT=vx SRC=10.0.0.1")]
    [InlineData(Prefix + "IN= OUT=vx SRC=nonsense DST=10.0.0.2")]
    public void OtherLinesAreNone(string message) => Assert.Null(LogLine.Parse(message, Prefix));

    [Fact]
    public void NamesOfDevicesAreSafeToShow()
    {
        MarkedPacket packet = Parse("IN=\u001b[2J OUT=\u202evx SRC=10.0.0.1 DST=10.0.0.2 PROTO=\u0007")!;
        Assert.DoesNotContain($"{packet.InInterface}{packet.OutInterface}{packet.Protocol}",
            c => char.IsControl(c) || c == '\u202e');
    }

    [Theory]
    [InlineData("4,3742,8424389291,-;message\n SUBSYSTEM=net\n", 0, "message")]
    [InlineData("15,1,2,-,caller=T1;who says so", 1, "who says so")]
    [InlineData("6,1,2,c;a;b", 0, "a;b")]
    public void ARecordOfTheLogIsRead(string text, int facility, string message) =>
    Assert.Equal(new KernelLogRecord(facility, message), KernelLogRecord.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("no record")]
    [InlineData(";4,1")]
    [InlineData("x,1,2,-;message")]
    public void WhatIsNoRecordIsNone(string text) => Assert.Null(KernelLogRecord.Parse(text));

    private static MarkedPacket? Parse(string line) => LogLine.Parse(Prefix + line, Prefix);
}
