using System.Runtime.InteropServices;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Templates;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Clusters;
using VxlanCsum.Simulation;
using VxlanCsum.Verdicts;
using Xunit;

namespace VxlanCsum.UnitTests.Walker;

/// <summary>The short cut for common frames says exactly what the long way says, or leaves the frame to it.</summary>
public sealed class ShortCutTests
{
    private static readonly byte[][] s_frames =
    [
        OverlayFrame.Plain(tcp: true, 100), OverlayFrame.Plain(tcp: false, 101), OverlayFrame.Plain(tcp: false, 0),
        OverlayFrame.Vxlan(tcp: true, 1400), OverlayFrame.Vxlan(tcp: false, 37),
        OverlayFrame.Vxlan(tcp: true, 0, outerChecksum: false),
        OverlayFrame.Vxlan(tcp: false, 64, outerChecksum: false, port: 8472),
        OverlayFrame.Vxlan(tcp: true, 7, port: 8472),
    ];

    [Fact]
    public void EveryCommonFrameTakesIt()
    {
        foreach (byte[] frame in s_frames)
        {
            Assert.NotEqual(FrameShape.Any, Walk(frame, shortCut: true).Shape);
            Assert.Equal(Describe(frame, shortCut: false), Describe(frame, shortCut: true));
        }
    }

    [Fact]
    public void EveryChangedByteGivesTheSameVerdictOnBothWays()
    {
        byte[] values = [0x00, 0x01, 0x04, 0x08, 0x20, 0x45, 0x80, 0xff];
        int taken = 0;
        foreach (byte[] frame in s_frames)
        {
            for (int i = 0; i < Math.Min(frame.Length, 130); i++)
            {
                foreach (byte value in values)
                {
                    byte[] changed = [.. frame];
                    changed[i] ^= value;
                    Assert.Equal(Describe(changed, shortCut: false), Describe(changed, shortCut: true));
                    taken += Walk(changed, shortCut: true).Shape != FrameShape.Any ? 1 : 0;
                }
            }
        }

        // Addresses in Ethernet headers and the like change nothing: some must still have taken it.
        Assert.True(taken > 100);
    }

    [Fact]
    public void EveryCutAndEveryPaddingGivesTheSameVerdictOnBothWays()
    {
        foreach (byte[] frame in s_frames)
        {
            for (int length = 0; length <= frame.Length; length++)
            {
                Assert.Equal(Describe(frame[..length], false, (uint)frame.Length),
                    Describe(frame[..length], true, (uint)frame.Length));
                Assert.Equal(Describe(frame[..length], false), Describe(frame[..length], true));
            }

            byte[] padded = [.. frame, 1, 2, 3];
            Assert.Equal(Describe(padded, shortCut: false), Describe(padded, shortCut: true));
        }
    }

    /// <summary>An object holds of a common frame what differs from others of its shape, and makes the rest when
    /// asked.</summary>
    [Fact]
    public void AnObjectIsTheSameOnBothWays()
    {
        int common = 0;
        foreach (byte[] frame in s_frames)
        {
            for (int i = 0; i < Math.Min(frame.Length, 130); i++)
            {
                byte[] changed = [.. frame];
                changed[i] ^= 0x04;
                PacketChecksum own = Object(changed, shortCut: true);
                Assert.Equal(Describe(Object(changed, shortCut: false)), Describe(own));
                common += own.Facts is CommonFacts ? 1 : 0;
            }
        }

        Assert.True(common > 50);
    }

    private static unsafe PacketChecksum Object(byte[] frame, bool shortCut)
    {
        FrameWalker walker = new(new TunnelPorts()) { ShortCut = shortCut, ShapesSuffice = shortCut };
        using FrameReader reader = new([new SimulatedFrame(frame, default)],
            new CaptureInterface("test.pcap", 0, null, LinkType.Ethernet, 0));
        Assert.True(reader.TryRead(out CapturedFrame read));
        return PacketChecksum.From(in read, walker.Walk(in read));
    }

    private static string Describe(PacketChecksum packet)
    {
        PackedFacts walked = packet.Facts.Walked!;
        return $"{packet.Status} {packet.Cause} {packet.TunnelType} {packet.Vni} {packet.Facts.TunnelTtl} {packet.Source} "
            + $"{packet.Destination} {packet.OuterSource} {packet.OuterDestination} {walked.TunnelAddress} "
            + $"{walked.InnerAddress} {walked.TunnelSourcePort} {walked.TunnelDestinationPort} "
            + Convert.ToHexString(MemoryMarshal.AsBytes(walked.Records)) + string.Join('|', packet.Layers);
    }

    private static unsafe FrameVerdict Walk(byte[] frame, bool shortCut, uint? wire = null)
    {
        fixed (byte* p = frame)
        {
            return new FrameWalker(new TunnelPorts()) { ShortCut = shortCut }.Walk(p, frame.Length,
                wire ?? (uint)frame.Length, LinkType.Ethernet);
        }
    }

    private static unsafe string Describe(byte[] frame, bool shortCut, uint? wire = null)
    {
        fixed (byte* p = frame)
        {
            FrameVerdict v = new FrameWalker(new TunnelPorts()) { ShortCut = shortCut }.Walk(p, frame.Length,
                wire ?? (uint)frame.Length, LinkType.Ethernet);
            IEnumerable<string> layers = Enumerable.Range(0, v.LayerCount)
                .Select(i => Convert.ToHexString(Bytes(v.Layers + i)));
            IEnumerable<string> addresses = Enumerable.Range(0, v.AddressCount)
                .Select(i => $"{v.Addresses[i].Offset}/{v.Addresses[i].Size}");
            return $"{v.Status} {v.Cause} {v.Tunnel} {v.Vni} {v.TunnelAddress} {v.TunnelSourcePort} "
                + $"{v.TunnelDestinationPort} "
                + $"{v.HasPorts} {(v.HasPorts ? v.SourcePort : 0)} {(v.HasPorts ? v.DestinationPort : 0)} "
                + $"{string.Join(' ', addresses)} {string.Join(' ', layers)}";
        }
    }

    private static unsafe ReadOnlySpan<byte> Bytes(LayerRecord* layer) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<LayerRecord>(layer, 1));
}
