using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Repair;
using VxlanCsum.Diagnoses;
using VxlanCsum.Netfilter.Iptables;
using Xunit;

namespace VxlanCsum.UnitTests.Captures;

public sealed class PcapReaderTests
{
    private static readonly byte[] s_first = [1, 2, 3, 4, 5];
    private static readonly byte[] s_second = [6, 7, 8];

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, false, false)]
    [InlineData(true, true, false)]
    [InlineData(false, false, true)]
    [InlineData(true, false, true)]
    public void EveryVariantGivesTheSameFrames(bool bigEndian, bool nanoseconds, bool modified)
    {
        byte[] capture = new PcapBuilder(bigEndian, nanoseconds, modified, linkType: 113, snapLength: 96)
            .Add(1_700_000_000, 123_456, s_first, wire: 1500)
            .Add(4_000_000_000, 0, s_second)
            .ToArray();

        Reading reading = Reading.Of(capture);

        Assert.Null(reading.Error);
        int header = modified ? 24 : 16;
        Assert.Equal(
            [
                new FrameCopy(1, 1_700_000_000_000_000_000 + (nanoseconds ? 123_456 : 123_456_000), 1500, "0102030405",
                    0, LinkType.LinuxSll, 24, null),
                new FrameCopy(2, 4_000_000_000_000_000_000, 3, "060708", 0, LinkType.LinuxSll, 24 + header + 5, null),
            ],
            reading.Frames);
        Assert.Equal([new CaptureInterface(Reading.Path, 0, null, LinkType.LinuxSll, 96)], reading.Interfaces);
        Assert.Equal(capture.Length, reading.Position);
    }

    [Fact]
    public void FrameCheckSequenceBitsAreNoPartOfTheLinkType() =>
        Assert.Equal(LinkType.Ethernet,
            Reading.Of(new PcapBuilder(linkType: 0x5400_0001).Add(1, 0, s_first).ToArray()).Frames[0].LinkType);

    [Fact]
    public void UnknownLinkTypesAreDelivered() =>
        Assert.Equal((LinkType)0xfedc,
            Reading.Of(new PcapBuilder(linkType: 0xfedc).Add(1, 0, s_first).ToArray()).Frames[0].LinkType);

    [Theory]
    [InlineData(2, 2, 1500u, 5u)]
    [InlineData(543, 0, 1500u, 5u)]
    [InlineData(2, 3, 1500u, 5u)]
    [InlineData(2, 3, 5u, 1500u)]
    [InlineData(2, 4, 5u, 1500u)]
    public void LengthsOfOldVersionsAreFoundWhereTheyStand(ushort major, ushort minor, uint first, uint second)
    {
        Reading reading = Reading.Of(
            new PcapBuilder(major: major, minor: minor).Add(1, 0, s_first, wire: second, captured: first)
                .Add(2, 0, [], 0).ToArray());
        Assert.Null(reading.Error);
        Assert.Equal(("0102030405", 1500u), (reading.Frames[0].Data, reading.Frames[0].WireLength));
        Assert.Equal(2, reading.Frames.Count);
    }

    [Fact]
    public void HeaderAloneIsACaptureWithoutFrames()
    {
        Reading reading = Reading.Of(new PcapBuilder().ToArray());
        Assert.Null(reading.Error);
        Assert.Empty(reading.Frames);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4095)]
    [InlineData(1 << 20)]
    public void ReadingInAnyPiecesGivesTheSame(int chunk)
    {
        byte[] capture = Mixed(frames: 700, longest: 3000);
        Assert.Equal(Reading.Of(capture).Frames, Reading.Of(new TrickleStream(capture, chunk)).Frames);
    }

    [Fact]
    public void FramesOfAllSizesComeOutAsTheyWentIn()
    {
        // From nothing to more than four buffers, in an order that makes the buffer grow and then run with small ones
        // again.
        int[] sizes = [0, 1, 60, 262_144, 65_535, 100, 300_000, 90_000, 1_200_000, 5, 262_128, 262_127, 262_129, 1500,
            0, 900_000];
        Random random = new(3);
        PcapBuilder builder = new(snapLength: 0);
        List<string> expected = [];
        for (int i = 0; i < 8 * sizes.Length; i++)
        {
            byte[] data = new byte[sizes[(i * 7) % sizes.Length]];
            random.NextBytes(data);
            expected.Add(Convert.ToHexString(data));
            builder.Add((uint)i, 0, data);
        }

        Reading reading = Reading.Of(builder.ToArray());
        Assert.Null(reading.Error);
        Assert.Equal(expected, reading.Frames.Select(f => f.Data));
    }

    [Fact]
    public unsafe void SixtyFourBytesBehindEveryFrameCanBeRead()
    {
        // Vector code reads past the end of a frame; at the end of the file nothing but the slack is there.
        using CaptureReader reader = CaptureReaderFactory.Open(new MemoryStream(Mixed(frames: 5000, longest: 200)),
            Reading.Path);
        int sum = 0;
        while (reader.TryRead(out CapturedFrame frame))
        {
            sum += frame.Data[frame.CapturedLength + 63];
        }

        Assert.InRange(sum, 0, 5000 * 255);
    }

    [Fact]
    public void ReadingGoesOnSayingThatTheEndIsReached()
    {
        using CaptureReader reader = CaptureReaderFactory.Open(
            new MemoryStream(new PcapBuilder().Add(1, 0, s_first).ToArray()), Reading.Path);
        Assert.True(reader.TryRead(out _));
        Assert.False(reader.TryRead(out _));
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void DisposedReaderSaysSo()
    {
        CaptureReader reader = CaptureReaderFactory.Open(
            new MemoryStream(new PcapBuilder().Add(1, 0, s_first).ToArray()), Reading.Path);
        reader.Dispose();
        Assert.Throws<ObjectDisposedException>(() => reader.TryRead(out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheStreamIsClosedUnlessItIsToBeLeftOpen(bool leaveOpen)
    {
        MemoryStream stream = new(new PcapBuilder().ToArray());
        CaptureReaderFactory.Open(stream, Reading.Path, leaveOpen).Dispose();
        Assert.Equal(leaveOpen, stream.CanRead);
    }

    /// <summary>Frames of many sizes a few milliseconds apart.</summary>
    internal static byte[] Mixed(int frames, int longest, bool bigEndian = false, bool nanoseconds = false,
        bool modified = false, int seed = 1)
    {
        Random random = new(seed);
        PcapBuilder builder = new(bigEndian, nanoseconds, modified);
        for (int i = 0; i < frames; i++)
        {
            byte[] data = new byte[random.Next(1, longest)];
            random.NextBytes(data);
            builder.Add((uint)(1_700_000_000 + (i / 100)), (uint)(i % 100 * 1000), data,
                wire: (uint)(data.Length + random.Next(2)));
        }

        return builder.ToArray();
    }
}
