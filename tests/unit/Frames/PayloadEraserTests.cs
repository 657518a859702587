using System.Text;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Repair;
using VxlanCsum.Verdicts;
using Xunit;
using static VxlanCsum.UnitTests.Frames.Craft;

namespace VxlanCsum.UnitTests.Frames;

/// <summary>Of a saved packet nothing is left that people said, and its checksums are as right or wrong as
/// before.</summary>
public sealed class PayloadEraserTests
{
    private const string Said = "SECRET-0123456789-abcdefghijklmnopqrstuvwxyz-TOKEN";

    private static readonly byte[] s_said = Encoding.ASCII.GetBytes(Said);

    private static Packet Secret(int length) => new(s_said[..length]);

    /// <summary>UDP around any bytes, with its checksum right.</summary>
    private static Packet Told(Route route, int length, Fill fill = Fill.Right) => Udp(route, Secret(length), fill);

    private static Packet Plain(int protocol, Packet packet, int fragment = 0) =>
        Ethernet(0x800, IPv4(Route.V4, protocol, packet, fragment: fragment));

    private static Packet Tunnelled(Packet inner, Fill outer = Fill.Right) => Ethernet(0x800, IPv4(Route.V4, 17,
        Udp(Route.V4, Vxlan(inner), outer, destination: 4789)));

    private static Packet Inner(int protocol, Packet packet, int fragment = 0) =>
        Ethernet(0x800, IPv4(Route.InnerV4, protocol, packet, fragment: fragment));

    /// <summary>An ICMP error with the packet that it answers.</summary>
    private static Packet Quoting()
    {
        byte[] quoted = IPv4(Route.InnerV4, 17, Told(Route.InnerV4, 50)).Bytes;
        return Ping([3, 3, 0, 0, 0, 0, 0, 0, .. quoted]);
    }

    private static Packet Ping(byte[] message) => new Packet(message).With(2, (ushort)~ReferenceSum.Add(0, message));

    private static Packet Fragment6()
    {
        Packet later = Secret(48).Behind(17, 0, 0, 8, 0, 0, 0, 1);
        return Ethernet(0x86dd, IPv6(Route.V6, 44, later));
    }

    public static TheoryData<string> Cases => [.. All.Keys];

    private static Dictionary<string, Packet> All => new()
    {
        ["later fragment in a tunnel, TCP"] = Tunnelled(Inner(6, Secret(50), fragment: 5)),
        ["later fragment in a tunnel, UDP"] = Tunnelled(Inner(17, Secret(24), fragment: 5)),
        ["later fragment in a tunnel, ICMP"] = Tunnelled(Inner(1, Secret(24), fragment: 5)),
        ["later fragment, TCP"] = Plain(6, Secret(50), fragment: 5),
        ["later fragment, UDP"] = Plain(17, Secret(24), fragment: 0x2005),
        ["later fragment, IPv6"] = Fragment6(),
        ["first fragment, UDP"] = Plain(17, Told(Route.V4, 50), fragment: 0x2000),
        ["datagram of one octet"] = Tunnelled(Inner(17, Told(Route.InnerV4, 1))),
        ["datagram of two octets"] = Tunnelled(Inner(17, Told(Route.InnerV4, 2))),
        ["datagram of two octets, wrong"] = Tunnelled(Inner(17, Told(Route.InnerV4, 2, Fill.Wrong))),
        ["datagram of two octets, a seed"] = Tunnelled(Inner(17, Told(Route.InnerV4, 2, Fill.Seed))),
        ["datagram of two octets without checksum"] = Tunnelled(Inner(17, Told(Route.InnerV4, 2, Fill.Zero))),
        ["datagram of two octets without any"] = Tunnelled(Inner(17, Told(Route.InnerV4, 2, Fill.Zero)), Fill.Zero),
        ["ping of two octets"] = Plain(1, Ping([8, 0, 0, 0, 0, 1, 0, 2, .. s_said[..2]])),
        ["datagram"] = Tunnelled(Inner(17, Told(Route.InnerV4, 50))),
        ["quoted by an ICMP error"] = Plain(1, Quoting()),
        ["quoted inside a tunnel"] = Tunnelled(Inner(1, Quoting())),
        ["unknown protocol"] = Plain(253, Secret(50)),
        ["unknown protocol in a tunnel"] = Tunnelled(Inner(253, Secret(50))),
        ["unknown ethertype"] = Ethernet(0x88b5, Secret(50)),
        ["unknown ethertype in a tunnel"] = Tunnelled(Ethernet(0x88b5, Secret(50))),
        ["behind the packet's own length"] = new Packet([.. Plain(17, Told(Route.V4, 4)).Finish(), .. s_said]),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void NothingThatWasSaidIsLeft(string name)
    {
        byte[] bytes = All[name].Finish(), bare = Erased(bytes, LinkType.Ethernet);
        int from = name.Contains("two octets", StringComparison.Ordinal) ? 2
            : name.Contains("one octet", StringComparison.Ordinal) ? 1 : 3;
        string left = Encoding.Latin1.GetString(bare);
        for (int at = 0; at + from <= (from < 3 ? from : s_said.Length); at++)
        {
            Assert.DoesNotContain(Said.Substring(at, from), from < 3 ? left[^from..] : left, StringComparison.Ordinal);
        }

        Assert.Equal(Walked.Of(bytes, bytes.Length, LinkType.Ethernet).Layers.Select(static l => l.Status),
            Walked.Of(bare, bytes.Length, LinkType.Ethernet).Layers.Select(static l => l.Status));
    }

    [Fact]
    public void WhatIsNoEthernetAndNoIpIsNotKeptAtAll() => Assert.Empty(Erased(s_said, LinkType.Raw));

    /// <summary>What is left of two packets that say different things differs in sums alone: two octets each.</summary>
    [Fact]
    public void WhateverIsCraftedKeepsItsVerdicts()
    {
        int frames = 0;
        foreach (CraftedFrame frame in CraftedFrames.All.Where(static f => f.Link == LinkType.Ethernet))
        {
            byte[] bare = Erased(frame.Bytes, frame.Link);
            Walked before = Walked.Of(frame.Bytes, frame.Wire, frame.Link), after = Walked.Of(bare, frame.Wire, frame.Link);
            if (bare.Length == frame.Bytes.Length && before.Layers.Length == after.Layers.Length)
            {
                frames++;
                Assert.Equal(before.Layers.Select(l => (frame.Name, l.Protocol, l.Status)),
                    after.Layers.Select(l => (frame.Name, l.Protocol, l.Status)));
            }
        }

        Assert.True(frames > 50, $"only {frames} frames could be compared");
    }

    private static unsafe byte[] Erased(byte[] bytes, LinkType link)
    {
        fixed (byte* data = bytes)
        {
            CapturedFrame bare = new PayloadEraser(new TunnelPorts()).Erase(new CapturedFrame
            {
                Data = data,
                CapturedLength = bytes.Length,
                WireLength = (uint)bytes.Length,
                Interface = new CaptureInterface("test", 0, null, link, 0),
                Comment = Said,
            });
            Assert.Null(bare.Comment);
            return new ReadOnlySpan<byte>(bare.Data, bare.CapturedLength).ToArray();
        }
    }
}
