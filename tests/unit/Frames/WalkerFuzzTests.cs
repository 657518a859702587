using VxlanCsum.Captures.Walking;
using VxlanCsum.Diagnoses;
using VxlanCsum.Verdicts;
using Xunit;

namespace VxlanCsum.UnitTests.Frames;

/// <summary>Whatever a frame holds, the walker reads no byte outside it, ends, and reports only what is
/// inside.</summary>
public sealed unsafe class WalkerFuzzTests
{
    private const int Mutations = 2_000_000, MostChanges = 5, HeaderBytes = 192;

    private static readonly LinkType[] s_links = [.. Enum.GetValues<LinkType>()];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void MutatedFramesAreReadInsideTheirBounds(bool shortCut)
    {
        CraftedFrame[] frames = [.. CraftedFrames.All.Where(f => f.Bytes.Length < 2048)];
        using GuardedMemory memory = GuardedMemory.OrSkip(4096);
        FrameWalker walker = new(new TunnelPorts()) { ShortCut = shortCut };
        Random random = new(7);
        for (int i = 0; i < Mutations / 2; i++)
        {
            CraftedFrame frame = frames[i % frames.Length];
            // One in eight is cut somewhere; every other lies at the front guard page instead of the one behind.
            int length = i % 8 == 0 ? random.Next(frame.Bytes.Length + 1) : frame.Bytes.Length;
            byte* p = i % 2 == 0 ? memory.End - length : memory.Start;
            frame.Bytes.AsSpan(0, length).CopyTo(new Span<byte>(p, length));
            for (int change = random.Next(MostChanges); change > 0 && length > 0; change--)
            {
                uint value = (uint)random.Next();
                p[(value >> 8) % (uint)Math.Min(length, HeaderBytes)] = (byte)value;
            }

            AssertInside(walker.Walk(p, length, i % 16 == 1 ? uint.MaxValue : (uint)frame.Wire, frame.Link), length);
        }
    }

    [Fact]
    public void NoiseIsReadInsideItsBounds()
    {
        using GuardedMemory memory = GuardedMemory.OrSkip(4096);
        FrameWalker walker = new(new TunnelPorts());
        Random random = new(8);
        for (int i = 0; i < 200_000; i++)
        {
            int length = random.Next(i % 10 == 0 ? 1500 : 120);
            byte* p = memory.End - length;
            random.NextBytes(new Span<byte>(p, length));
            AssertInside(walker.Walk(p, length, (uint)random.Next(2000), s_links[i % s_links.Length]), length);
        }
    }

    [Theory]
    [InlineData("bridged Ethernet", 0x6558, 14, "0200000000010200000000026558")]
    [InlineData("metadata", 0x8909, 8, "0101000100098909")]
    [InlineData("NSH", 0x894f, 8, "0fc20104000001ff")]
    [InlineData("802.1Q", 0x8100, 4, "00018100")]
    [InlineData("MPLS", 0x8847, 4, "00001040")]
    [InlineData("AH", 0x0800, 12, "330100000000000100000001")]
    [InlineData("IPv4 in IPv4", 0x0800, 20, "4500000000000000400400000a0000010a000002")]
    [InlineData("IPv6 destination options", 0x86dd, 8, "3c00010400000000")]
    [InlineData("IPv6 in IPv6", 0x86dd, 40,
        "60000000000029400000000000000000000000000000000100000000000000000000000000000002")]
    public void EndlessChainsOfHeadersExhaustNoStack(string what, int type, int size, string header)
    {
        byte[] link = Convert.FromHexString(header);
        Assert.Equal(size, link.Length);
        byte[] first = what switch
        {
            "AH" => Convert.FromHexString("4500000000000000403300000a0000010a000002"),
            "IPv6 destination options" =>
                Convert.FromHexString(
                    "6000000000003c400000000000000000000000000000000100000000000000000000000000000002"),
            _ => [],
        };
        byte[] frame = [.. Craft.Ethernet(type, new Packet(first)).Bytes,
            .. Enumerable.Repeat(link, (1 << 20) / size).SelectMany(b => b)];
        ChecksumStatus status = ChecksumStatus.Good;
        Thread walk = new(() => status = Walked.Of(frame, frame.Length, LinkType.Ethernet).Status,
            maxStackSize: 256 * 1024);
        walk.Start();
        walk.Join();
        Assert.NotEqual(ChecksumStatus.Good, status);
    }

    private static void AssertInside(FrameVerdict verdict, int captured)
    {
        bool inside = verdict.LayerCount <= FrameVerdict.MaxLayers && verdict.AddressCount <= FrameVerdict.MaxAddresses;
        for (int i = 0; i < verdict.LayerCount; i++)
        {
            LayerRecord* layer = verdict.Layers + i;
            int size = layer->Protocol == ChecksumProtocol.Sctp ? 4 : 2;
            inside &= (layer->Flags & LayerFlags.HasFound) == 0
                || (layer->Offset >= 0 && layer->Offset + size <= captured);
            inside &= layer->AddressIndex < verdict.AddressCount || layer->AddressIndex == LayerRecord.NoAddress;
        }

        for (int i = 0; i < verdict.AddressCount; i++)
        {
            inside &= verdict.Addresses[i].Offset + (2 * verdict.Addresses[i].Size) <= captured;
        }

        if (!inside)
        {
            Assert.Fail(
                $"a verdict points outside its frame of {captured} bytes: "
                    + $"{Convert.ToHexString(new ReadOnlySpan<byte>(verdict.Frame, captured))}");
        }
    }
}
