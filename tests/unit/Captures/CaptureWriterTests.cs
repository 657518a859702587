using VxlanCsum.Captures.Files;
using VxlanCsum.Clusters;
using VxlanCsum.Netfilter.Iptables;
using Xunit;

namespace VxlanCsum.UnitTests.Captures;

public sealed class CaptureWriterTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PcapComesBackAsWritten(bool nanoseconds)
    {
        byte[] original = PcapReaderTests.Mixed(3000, 400, nanoseconds: nanoseconds);
        byte[] written = Copy(original,
            s => new PcapWriter(s, "out.pcap", LinkType.Ethernet, nanoseconds: nanoseconds));
        Assert.Equal(original, written);
    }

    [Fact]
    public void PcapNgKeepsInterfacesCommentsAndNanoseconds()
    {
        Reading original = Reading.Of(PcapNgReaderTests.Mixed(true, 2000));
        Reading written = Reading.Of(Copy(PcapNgReaderTests.Mixed(true, 2000), s => new PcapNgWriter(s)));
        Assert.Null(written.Error);
        Assert.Equal(
            original.Frames.Select(
                f => (f.Number, f.Nanoseconds, f.WireLength, f.Data, f.LinkType, original.Interfaces[f.Interface].Name,
                    f.Comment)),
            written.Frames.Select(
                f => (f.Number, f.Nanoseconds, f.WireLength, f.Data, f.LinkType, written.Interfaces[f.Interface].Name,
                    f.Comment)));
    }

    [Fact]
    public void FramesLargerThanTheBufferAreWritten()
    {
        byte[] original = new PcapBuilder().Add(1, 0, new byte[10])
            .Add(2, 0, [.. Enumerable.Range(0, 300_000).Select(i => (byte)i)]).Add(3, 0, new byte[10]).ToArray();
        Assert.Equal(original,
            Copy(original, s => new PcapWriter(s, "out.pcap", LinkType.Ethernet, nanoseconds: false)));
    }

    [Fact]
    public void PcapRefusesASecondLinkType()
    {
        CaptureException e = Assert.Throws<CaptureException>(
            () => Copy(PcapNgReaderTests.Mixed(false, 100), s => new PcapWriter(s, "out.pcap", LinkType.Ethernet)));
        Assert.Equal((CaptureErrorId.MixedLinkTypes, "out.pcap"), (e.ErrorId, e.Path));
        Assert.Contains("pcapng", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1L, 0L)]
    [InlineData(long.MaxValue, 4_294_967_295_999_999_999L)]
    public void TimesThatPcapCannotSayBecomeTheNearest(long time, long expected)
    {
        MemoryStream stream = new();
        using (PcapWriter writer = new(stream, "out.pcap", LinkType.Ethernet, leaveOpen: true))
        {
            CapturedFrame frame = new()
            {
                TimestampNanoseconds = time,
                Interface = new CaptureInterface("in", 0, null, LinkType.Ethernet, 0)
            };
            writer.Write(frame);
            Assert.Equal(1, writer.Count);
        }

        Assert.Equal(expected, Assert.Single(Reading.Of(stream.ToArray()).Frames).Nanoseconds);
    }

    [Fact]
    public void FlushHandsOverEverythingAndDisposalClosesOnce()
    {
        MemoryStream stream = new();
        PcapWriter writer = new(stream, "out.pcap", LinkType.Raw);
        Assert.Equal(0, stream.Length);
        writer.Flush();
        Assert.Equal(PcapHeader.Size, stream.Length);
        writer.Dispose();
        writer.Dispose();
        Assert.False(stream.CanWrite);
        Assert.Throws<ObjectDisposedException>(writer.Flush);
    }

    private static byte[] Copy(byte[] capture, Func<Stream, CaptureWriter> create)
    {
        MemoryStream target = new();
        using CaptureReader reader = CaptureReaderFactory.Open(new MemoryStream(capture), Reading.Path);
        using (CaptureWriter writer = create(target))
        {
            while (reader.TryRead(out CapturedFrame frame))
            {
                writer.Write(frame);
            }
        }

        return target.ToArray();
    }
}
