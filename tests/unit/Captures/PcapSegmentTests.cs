using Microsoft.Win32.SafeHandles;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Repair;
using VxlanCsum.Netfilter.Iptables;
using Xunit;

namespace VxlanCsum.UnitTests.Captures;

public sealed class PcapSegmentTests
{
    private const uint First = 1_700_000_000;

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    public void SegmentsJoinToTheWholeFile(bool bigEndian, bool nanoseconds, bool modified)
    {
        byte[] capture = PcapReaderTests.Mixed(6000, 600, bigEndian, nanoseconds, modified);
        IReadOnlyList<FrameCopy> whole = Reading.Of(capture).Frames;
        using TemporaryFile file = new(capture);
        Assert.True(PcapHeader.TryParse(capture, Reading.Path, out PcapHeader? header));

        foreach (int parts in (int[])[1, 2, 3, 16])
        {
            List<FrameCopy> joined = [];
            long start = PcapHeader.Size;
            for (int i = 1; i <= parts; i++)
            {
                long wanted = capture.Length * (long)i / parts;
                long end = i == parts ? capture.Length : PcapResync.Find(header, file.Handle, wanted, First);
                Reading segment = Reading.Of(new PcapReader(header, file.Handle, start, end, joined.Count + 1));
                Assert.Null(segment.Error);
                Assert.Equal(end, segment.Position);
                joined.AddRange(segment.Frames);
                start = end;
            }

            Assert.Equal(whole, joined);
        }
    }

    [Fact]
    public void RecordAcrossTheEndBelongsToTheSegment()
    {
        byte[] capture = new PcapBuilder().Add(1, 0, new byte[100]).Add(2, 0, new byte[100]).Add(3, 0, new byte[100])
            .ToArray();
        using TemporaryFile file = new(capture);
        Assert.True(PcapHeader.TryParse(capture, Reading.Path, out PcapHeader? header));
        int second = 24 + 116;
        Assert.Single(Reading.Of(new PcapReader(header, file.Handle, 24, second)).Frames);
        Reading reading = Reading.Of(new PcapReader(header, file.Handle, 24, second + 1));
        Assert.Equal(2, reading.Frames.Count);
        Assert.Equal(second + 116, reading.Position);
        Assert.Empty(Reading.Of(new PcapReader(header, file.Handle, second, second)).Frames);
    }

    [Fact]
    public void EveryOffsetFindsTheNextRecord()
    {
        byte[] capture = PcapReaderTests.Mixed(300, 200);
        long[] records = [.. Reading.Of(capture).Frames.Select(f => f.FileOffset)];
        Assert.True(PcapHeader.TryParse(capture, Reading.Path, out PcapHeader? header));
        for (int offset = 24; offset <= records[^1]; offset++)
        {
            long next = records.First(r => r >= offset);
            Assert.Equal(next, offset + PcapResync.Find(header, capture.AsSpan(offset), First, endsFile: true));
        }

        Assert.Equal(-1, PcapResync.Find(header, capture.AsSpan((int)records[^1] + 1), First, endsFile: true));
    }

    [Fact]
    public void LengthsThatChainAreNotEnough()
    {
        // In every frame stand sixteen bytes that would do as a record header, and whose lengths lead from one such
        // place
        // to the next all through the file: only the times tell.
        PcapBuilder decoy = new();
        decoy.Add(5, 0, [], wire: 60, captured: 60);
        byte[] frame = new byte[60];
        decoy.ToArray().AsSpan(PcapHeader.Size).CopyTo(frame.AsSpan(20));
        PcapBuilder builder = new();
        for (int i = 0; i < 64; i++)
        {
            builder.Add(First + (uint)i, 0, frame);
        }

        byte[] capture = builder.ToArray();
        Assert.True(PcapHeader.TryParse(capture, Reading.Path, out PcapHeader? header));
        for (int before = 1; before < 76; before++)
        {
            Assert.Equal(before, PcapResync.Find(header, capture.AsSpan(24 + 76 - before), First, endsFile: true));
        }
    }

    [Fact]
    public void NoiseHoldsNoRecord()
    {
        byte[] noise = new byte[1 << 16];
        new Random(9).NextBytes(noise);
        Assert.True(PcapHeader.TryParse(new PcapBuilder().ToArray(), Reading.Path, out PcapHeader? header));
        Assert.Equal(-1, PcapResync.Find(header, noise, First, endsFile: false));
        Assert.Equal(-1, PcapResync.Find(header, new byte[1 << 16], 0, endsFile: false));
    }

    private sealed class TemporaryFile : IDisposable
    {
        private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

        public TemporaryFile(byte[] content)
        {
            File.WriteAllBytes(_path, content);
            Handle = File.OpenHandle(_path);
        }

        public SafeFileHandle Handle { get; }

        public void Dispose()
        {
            Handle.Dispose();
            File.Delete(_path);
        }
    }
}
