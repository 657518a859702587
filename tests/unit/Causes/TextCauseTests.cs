using System.Net;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Causes;
using VxlanCsum.Clusters;
using VxlanCsum.TcpdumpText;
using Xunit;

namespace VxlanCsum.UnitTests.Causes;

/// <summary>Packets that were read from pasted text: names for addresses, no bytes to look at.</summary>
public sealed class TextCauseTests
{
    private static readonly CaptureInterface s_text = new("text", 0, null, LinkType.Raw, 0);

    /// <summary>calico#4865 and rke2#1541: 10.0.10.14.7103 > .4789 [bad udp cksum 0xbd67 -> 0x4e7f!].</summary>
    [Fact]
    public void ThePublishedPacketOfDefectBImpliesItsPort()
    {
        VxlanChecksumResult result = Only(Tunnel("10.0.10.14:7103", "10.0.10.10:4789", 7103, 0xbd67, 0x4e7f));
        Assert.Equal((ChecksumCause.NatLocalChecksum, "10.0.10.14", "10.0.10.10"),
            (result.Cause, result.OuterSource, result.OuterDestination));
        Assert.Equal([44246], result.ImpliedOriginalPort);
        Assert.True(result.OuterSnatSuspected);
    }

    /// <summary>calico#3145, gmem's report: 0xffff for different right values.</summary>
    [Fact]
    public void ThePublishedPacketsOfDefectA()
    {
        VxlanChecksumResult result = Only(
            Tunnel("192.168.10.1:26898", "192.168.10.2:4789", 26898, 0xffff, 0x76dc),
            Tunnel("192.168.10.1:26898", "192.168.10.2:4789", 26898, 0xffff, 0x4b80));
        Assert.Equal(ChecksumCause.NatZeroChecksum, result.Cause);
        Assert.InRange(result.Confidence, 0.99, 1);
    }

    [Fact]
    public void WithInnerLinesTheInnerVerdictDecides()
    {
        VxlanChecksumResult icmp = Only(
            Tunnel("10.0.10.14:7103", "10.0.10.10:4789", 7103, 0xbd67, 0x4e7f,
                Inner(ChecksumProtocol.Icmp, ChecksumStatus.Good, 0x1111, 0x1111)));
        Assert.NotEqual(ChecksumCause.NatLocalChecksum, icmp.Cause);
        Assert.InRange(icmp.Confidence, 0, 0.8);
        VxlanChecksumResult udp = Only(
            Tunnel("10.0.10.14:7103", "10.0.10.10:4789", 7103, 0xbd67, 0x4e7f,
                Inner(ChecksumProtocol.Udp, ChecksumStatus.Good, 0x1111, 0x1111)));
        Assert.Equal(ChecksumCause.NatLocalChecksum, udp.Cause);
    }

    /// <summary>The seed document's two captures, the source being a name: both fields imply one source-address
    /// sum.</summary>
    [Fact]
    public void SeedsOfANamedHostArePending()
    {
        VxlanChecksumResult result = Only(
            Plain("master02.xc.test.:28565", "100.78.115.61:domain",
                Inner(ChecksumProtocol.Udp, ChecksumStatus.Partial, 0xc067, 0xf612, depth: 0)),
            Plain("master02.xc.test.:40627", "100.95.31.182:domain",
                Inner(ChecksumProtocol.Tcp, ChecksumStatus.Partial, 0x6cd0, 0xbd48, depth: 0)));
        Assert.Equal((ChecksumCause.OffloadPending, "master02.xc.test.", CaptureVantage.Sender),
            (result.Cause, result.OuterSource, result.Vantage));
        Assert.Equal((2, 2, 0), (result.Packets, result.PendingPackets, result.BadPackets));
        Assert.InRange(result.Confidence, 0.95, 0.9999);
        Assert.Null(result.OuterDestination);
    }

    [Fact]
    public void WhatTextCouldNotReadIsNotVerifiable()
    {
        VxlanChecksumResult result = Only(
            Packet("10.0.0.1", "10.0.0.2", null, null, TunnelType.None, [], ChecksumStatus.Unverified));
        Assert.Equal(ChecksumCause.NotVerifiable, result.Cause);
    }

    [Theory]
    [InlineData("10.0.0.1:53", "10.0.0.1", 53)]
    [InlineData("10.0.0.1", "10.0.0.1", 0)]
    [InlineData("[fd00::1]:53", "fd00::1", 53)]
    [InlineData("fd00::1", "fd00::1", 0)]
    [InlineData("node-1.example:4789", "node-1.example", 4789)]
    [InlineData("node-1.example:domain", "node-1.example", 0)]
    [InlineData("NODE-1.example", "NODE-1.example", 0)]
    [InlineData("[odd:name]:53", "odd:name", 53)]
    [InlineData("a\u001b[31mb:1", "a\\x1b[31mb", 1)]
    public void EndpointsSplitIntoHostAndPort(string text, string host, int port)
    {
        HostNames names = new();
        HostId address = ObservationFactory.Endpoint(text, names, out ushort found);
        Assert.Equal((host, port), (names.Text(address), found));
        Assert.Equal(address, ObservationFactory.Endpoint(text, names, out _));
    }

    [Fact]
    public void ManyNamesDoNotFillTheMemory()
    {
        HostNames names = new();
        HostId[] numbers = [.. Enumerable.Range(0, 70_000).Select(i => names.Number($"host{i}"))];
        Assert.Equal(1 << 16, numbers.Distinct().Count() + 1);
        Assert.Equal("other hosts", names.Text(numbers[^1]));
    }

    [Theory]
    [InlineData("10.0.10.14", 0x0a00 + 0x0a0e)]
    [InlineData("fd00::14", 0xfd00 + 0x14)]
    [InlineData("255.255.0.1", 1)]
    public void WordSumsAreWhatChecksumsSee(string address, int sum)
    {
        HostId value = Analysis.Address(address);
        Assert.Equal(sum, value.WordSum % 65535);
        Assert.Equal(IPAddress.Parse(address), value.ToIPAddress());
        Assert.Equal(address, value.ToString());
    }

    private static VxlanChecksumResult Only(params PacketChecksum[] packets)
    {
        CauseAnalyzer analyzer = new(new CauseOptions());
        foreach (PacketChecksum packet in packets)
        {
            analyzer.Add(packet);
        }

        return Assert.Single(analyzer.Complete());
    }

    private static PacketChecksum Tunnel(string source, string destination, ushort port, uint found, uint expected,
        params ChecksumLayer[] inner)
    {
        ChecksumLayer outer = new()
        {
            Protocol = ChecksumProtocol.Udp,
            Found = found,
            Expected = expected,
            ExpectedOnWire = expected,
            Status = ChecksumStatus.Bad,
            Offset = -1,
            Length = -1,
            IsTunnel = true,
            SourcePort = port,
            DestinationPort = 4789,
        };
        return Packet("10.244.1.1:50000", "10.244.2.1:53", source, destination, TunnelType.Vxlan, [outer, .. inner],
            ChecksumStatus.Bad);
    }

    private static PacketChecksum Plain(string source, string destination, ChecksumLayer layer) =>
        Packet(source, destination, null, null, TunnelType.None, [layer], layer.Status);

    private static ChecksumLayer Inner(ChecksumProtocol protocol, ChecksumStatus status, uint found, uint expected,
        int depth = 1) => new()
        {
            Depth = depth,
            Protocol = protocol,
            Status = status,
            Found = found,
            Expected = expected,
            ExpectedOnWire = expected,
            Offset = -1,
            Length = 62,
            SourcePort = 50000,
            DestinationPort = 53,
        };

    private static PacketChecksum Packet(
        string source, string destination, string? outerSource, string? outerDestination, TunnelType tunnel,
        ChecksumLayer[] layers, ChecksumStatus status) =>
        new(s_text, new TextFacts(source, destination, outerSource, outerDestination, layers)
        {
            Tunnel = tunnel,
            Vni = tunnel == TunnelType.None ? -1 : 1,
            Status = status
        })
        { FrameNumber = 1 };
}
