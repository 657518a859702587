using System.Net;
using System.Runtime.InteropServices;
using VxlanCsum.Clusters;
using VxlanCsum.Diagnoses;
using VxlanCsum.Node.Links;
using VxlanCsum.Node.Netlink;
using Xunit;

namespace VxlanCsum.UnitTests.Links;

/// <summary>
/// The kinds that not every kernel has, from messages made after linux/if_link.h and linux/if_tunnel.h; VXLAN is read
/// from
/// real devices in the lab.
/// </summary>
public sealed class LinkMessageTests
{
    private const int Id = 1, Remote = 2, Port = 5, Metadata = 6, Remote6 = 7, UdpChecksum = 8, ZeroTx = 9, ZeroRx = 10,
        Range = 15;

    [Fact]
    public void GeneveIsRead()
    {
        VxlanInterface tunnel = Tunnel(Link("genev", "geneve", new NetlinkBytes()
            .Add(Id, 77u).Add(Remote, IPAddress.Parse("192.0.2.9")).Add(Port, 0x17, 0xc1).Add(UdpChecksum, 1)
            .Add(ZeroTx, 0).Add(ZeroRx, 1)));
        Assert.Equal(
            ("geneve", 77, (ushort?)6081, "192.0.2.9", true, false, true, false, "1-65535"),
            (tunnel.Kind, tunnel.Vni, tunnel.Port, tunnel.Remote?.ToString(), tunnel.UdpChecksum,
                tunnel.UdpZeroChecksum6Tx, tunnel.UdpZeroChecksum6Rx, tunnel.CollectMetadata,
                tunnel.SourcePortRange.ToString()));
    }

    [Fact]
    public void GeneveWithMetadataAndAPortRangeIsRead()
    {
        VxlanInterface tunnel = Tunnel(Link("cilium_geneve", "geneve", new NetlinkBytes()
            .Add(Id, 0u).Add(Remote6, new byte[16]).Add(Metadata).Add(Range, 0x80, 0, 0x80, 0xff)));
        Assert.Equal((true, null, "32768-33023"),
            (tunnel.CollectMetadata, tunnel.Remote, tunnel.SourcePortRange.ToString()));
    }

    [Theory]
    [InlineData("ipip", "192.0.2.1", "192.0.2.2")]
    [InlineData("sit", "192.0.2.1", "192.0.2.2")]
    [InlineData("ip6tnl", "fd00::1", "fd00::2")]
    public void IpTunnelsAreRead(string kind, string local, string remote)
    {
        NetworkLink link = Link("tunl0", kind,
            new NetlinkBytes().Add(1, 5u).Add(2, IPAddress.Parse(local)).Add(3, IPAddress.Parse(remote)));
        (VxlanInterface tunnel, int lower) = TunnelLink.Parse(link, new PortRange(1, 2))!.Value;
        Assert.Equal((kind, local, remote, 5),
            (tunnel.Kind, tunnel.Local?.ToString(), tunnel.Remote?.ToString(), lower));

        // What has no UDP header says nothing of UDP.
        Assert.Equal((null, null, null, null, null),
            (tunnel.Vni, tunnel.Port, tunnel.UdpChecksum, tunnel.UdpZeroChecksum6Tx, tunnel.SourcePortRange));
    }

    [Fact]
    public void TheFallbackDeviceOfIpipHasNoEnds()
    {
        VxlanInterface tunnel = Tunnel(
            Link("tunl0", "ipip", new NetlinkBytes().Add(2, new byte[4]).Add(3, new byte[4]).Add(19)));
        Assert.Equal((null, null, true), (tunnel.Local, tunnel.Remote, tunnel.CollectMetadata));
    }

    [Fact]
    public void OtherDevicesAreNoTunnels()
    {
        NetworkLink link = Link("va", "veth", new NetlinkBytes());
        Assert.Equal((7, "va", "veth", 1400, true), (link.Index, link.Name, link.Kind, link.Mtu, link.IsUp));
        Assert.Null(TunnelLink.Parse(link, null));
    }

    [Fact]
    public void ADeviceOfAnotherNamespaceBelowIsMarked()
    {
        NetworkLink link = LinkMessage.Parse(Message().Add(3, "x").Add(5, 9u).Add(37, 0u).ToArray())!;
        Assert.Equal((9, true), (link.LowerIndex, link.LowerIsElsewhere));
    }

    [Fact]
    public void DamagedMessagesGiveWhatIsWholeInThem()
    {
        byte[] whole = Message().Add(3, "name")
            .Add(18, new NetlinkBytes().Add(1, "vxlan").Add(2, new NetlinkBytes().Add(1, 5u))).ToArray();
        for (int length = 0; length <= whole.Length; length++)
        {
            NetworkLink? link = LinkMessage.Parse(whole.AsSpan(0, length));
            Assert.Equal(length >= 16 + 9, link is not null);
            if (link is not null)
            {
                TunnelLink.Parse(link, null);
            }
        }

        var random = new Random(5);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(16, damaged.Length)] = (byte)random.Next(256);
            if (LinkMessage.Parse(damaged) is { } link)
            {
                TunnelLink.Parse(link, null);
            }
        }
    }

    [Fact]
    public void MessagesOfADatagramAreTakenOneByOne()
    {
        byte[] two = [.. Datagram(16, 5, [1, 2, 3]), .. new byte[1], .. Datagram(3, 5, [])];
        ReadOnlySpan<byte> rest = two;
        Assert.True(NetlinkMessage.TryTake(ref rest, out NetlinkMessage first));
        Assert.Equal((16, 5u, 3), (first.Type, first.Sequence, first.Payload.Length));
        Assert.True(NetlinkMessage.TryTake(ref rest, out NetlinkMessage second));
        Assert.Equal(3, second.Type);
        Assert.False(NetlinkMessage.TryTake(ref rest, out _));

        ReadOnlySpan<byte> tooLong = Datagram(16, 5, [1, 2, 3]).AsSpan()[..^1];
        Assert.False(NetlinkMessage.TryTake(ref tooLong, out _));
    }

    private static byte[] Datagram(ushort type, uint sequence, byte[] payload) =>
        [.. MemoryMarshal.AsBytes([(uint)(16 + payload.Length)]), .. MemoryMarshal.AsBytes([type, (ushort)0]),
            .. MemoryMarshal.AsBytes([sequence, 0u]), .. payload];

    private static VxlanInterface Tunnel(NetworkLink link) =>
        TunnelLink.Parse(link, new PortRange(32768, 60999))!.Value.Tunnel;

    private static NetworkLink Link(string name, string kind, NetlinkBytes data) =>
        LinkMessage.Parse(Message().Add(3, name).Add(4, 1400u).Add(18, new NetlinkBytes().Add(1, kind).Add(2, data))
            .ToArray())!;

    /// <summary>struct ifinfomsg of device 7, up.</summary>
    private static NetlinkBytes Message() =>
        new NetlinkBytes().Header([0, 0, 1, 0, .. MemoryMarshal.AsBytes([7u, 1u, 0u])]);
}
