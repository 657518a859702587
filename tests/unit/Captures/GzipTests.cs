using System.IO.Compression;
using System.Text;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Repair;
using VxlanCsum.Netfilter.Iptables;
using Xunit;

namespace VxlanCsum.UnitTests.Captures;

public sealed class GzipTests
{
    [Theory]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.SmallestSize)]
    [InlineData(CompressionLevel.NoCompression)]
    public void CompressedCapturesReadAsPlainOnes(CompressionLevel level)
    {
        byte[] pcap = PcapReaderTests.Mixed(800, 1500);
        byte[] pcapng = PcapNgReaderTests.Mixed(false, 800);
        Assert.Equal(Reading.Of(pcap).Frames, Reading.Of(Gzip(pcap, level)).Frames);
        Assert.Equal(Reading.Of(pcapng).Frames, Reading.Of(Gzip(pcapng, level)).Frames);
        Assert.Equal(Reading.Of(pcap).Frames, Reading.Of(new TrickleStream(Gzip(pcap, level), 3)).Frames);
        Assert.Null(Reading.Of(Gzip(pcap, level)).Error);
    }

    [Fact]
    public void MembersAreReadInARow()
    {
        byte[] pcap = PcapReaderTests.Mixed(300, 900);
        foreach (int cut in (int[])[0, 1, 24, 1000, pcap.Length])
        {
            byte[] members = [.. Gzip(pcap[..cut]), .. Gzip(pcap[cut..])];
            Reading reading = Reading.Of(members);
            Assert.Null(reading.Error);
            Assert.Equal(Reading.Of(pcap).Frames, reading.Frames);
            Assert.Equal(reading.Frames, Reading.Of(new TrickleStream(members, 1)).Frames);
        }
    }

    [Fact]
    public void CutAnywhereIsSaidAndWhatWasBeforeIsRead()
    {
        byte[] pcap = PcapReaderTests.Mixed(60, 200);
        IReadOnlyList<FrameCopy> whole = Reading.Of(pcap).Frames;
        byte[] members = [.. Gzip(pcap[..3000]), .. Gzip(pcap[3000..])];
        int boundary = Gzip(pcap[..3000]).Length;
        int last = 0;
        for (int length = 2; length < members.Length; length++)
        {
            Reading reading = Reading.Of(members[..length]);
            CaptureException error = Assert.IsType<CaptureException>(reading.Error);
            Assert.Equal(CaptureErrorId.Truncated, error.ErrorId);
            Assert.Equal(whole.Take(reading.Frames.Count), reading.Frames);
            if (length == boundary)
            {
                // Nothing misses but a second member: only the capture inside can tell.
                Assert.Contains("record", error.Message, StringComparison.Ordinal);
            }

            last = reading.Frames.Count;
        }

        Assert.Equal(whole.Count, last);
    }

    [Fact]
    public void EveryFlippedBitIsFound()
    {
        byte[] pcap = PcapReaderTests.Mixed(12, 80);
        IReadOnlyList<FrameCopy> whole = Reading.Of(pcap).Frames;
        byte[] gzip = Gzip(pcap);
        for (int bit = 16; bit < 8 * gzip.Length; bit++)
        {
            byte[] damaged = (byte[])gzip.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Reading reading = Reading.Of(damaged);
            if (reading.Error is null)
            {
                // Of no effect: the time or operating system in gzip's header, the length of a code that is not used.
                Assert.Equal(whole, reading.Frames);
            }
            else
            {
                Assert.Contains(reading.Error.ErrorId, s_ids);
            }
        }
    }

    private static readonly string[] s_ids =
        [CaptureErrorId.BadCompression, CaptureErrorId.Truncated, CaptureErrorId.BadLength, CaptureErrorId.WrongMagic,
            CaptureErrorId.Empty];

    [Fact]
    public void DamageLosesNoMoreThanTheLastPiece()
    {
        byte[] pcap = PcapReaderTests.Mixed(3000, 200);
        IReadOnlyList<FrameCopy> whole = Reading.Of(pcap).Frames;
        byte[] gzip = Gzip(pcap, CompressionLevel.NoCompression);
        gzip[^3] ^= 1;
        Reading reading = Reading.Of(gzip);
        Assert.Equal(CaptureErrorId.BadCompression, reading.Error!.ErrorId);
        Assert.Equal(whole.Take(reading.Frames.Count), reading.Frames);
        Assert.InRange(reading.Frames[^1].FileOffset, pcap.Length - 5000, pcap.Length);
    }

    [Fact]
    public void WhatFollowsTheEndIsNotSwallowed()
    {
        byte[] gzip = [.. Gzip(PcapReaderTests.Mixed(20, 80)), .. "not gzip"u8];
        Reading reading = Reading.Of(gzip);
        Assert.Equal((CaptureErrorId.BadCompression, 20), (reading.Error!.ErrorId, reading.Frames.Count));
        Assert.Contains("follow the end", reading.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", CaptureErrorId.Empty, "gzip data is empty")]
    [InlineData("hello world", CaptureErrorId.WrongMagic, "text")]
    [InlineData("\u0001\u0002\u0003", CaptureErrorId.WrongMagic, "the gzip data begins with 010203")]
    public void OtherContentIsNamed(string content, string errorId, string says)
    {
        Reading reading = Reading.Of(Gzip(Encoding.Latin1.GetBytes(content)));
        Assert.Equal(errorId, reading.Error!.ErrorId);
        Assert.Contains(says, reading.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TwiceCompressedSaysSo() =>
        Assert.Contains("gzip -d", Reading.Of(Gzip(Gzip(PcapReaderTests.Mixed(5, 50)))).Error!.Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheStreamIsClosedUnlessItIsToBeLeftOpen(bool leaveOpen)
    {
        MemoryStream stream = new(Gzip(new PcapBuilder().ToArray()));
        CaptureReaderFactory.Open(stream, Reading.Path, leaveOpen).Dispose();
        Assert.Equal(leaveOpen, stream.CanRead);
    }

    internal static byte[] Gzip(byte[] content, CompressionLevel level = CompressionLevel.Optimal)
    {
        if (content.Length == 0)
        {
            // GZipStream writes nothing at all; gzip(1) writes this.
            return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        }

        MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, level))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }
}
