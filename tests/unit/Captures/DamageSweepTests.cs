using System.Buffers.Binary;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Repair;
using VxlanCsum.Clusters;
using VxlanCsum.Diagnoses;
using VxlanCsum.Netfilter.Iptables;
using Xunit;

namespace VxlanCsum.UnitTests.Captures;

/// <summary>Whatever happens to a capture: documented errors, and all frames before the damage as they were.</summary>
public sealed class DamageSweepTests
{
    private static readonly HashSet<string> s_documented =
    [
        CaptureErrorId.Empty, CaptureErrorId.WrongMagic, CaptureErrorId.Truncated, CaptureErrorId.BadLength,
        CaptureErrorId.BadBlock, CaptureErrorId.BadCompression,
    ];

    public static TheoryData<string> Samples => Captures.Samples.Plain;

    public static TheoryData<string> AllSamples => Captures.Samples.All;

    public static TheoryData<string> Generated =>
        ["pcap", "pcap-be", "pcap-ns", "pcap-modified", "pcapng", "pcapng-be"];

    [Theory]
    [MemberData(nameof(Samples))]
    public void CutAtEveryByte(string name) => CutEverywhere(Captures.Samples.Read(name));

    [Theory]
    [MemberData(nameof(Generated))]
    public void GeneratedCutAtEveryByte(string kind) => CutEverywhere(Generate(kind));

    [Fact]
    public void CompressedCutAtEveryByte()
    {
        byte[] capture = Captures.Samples.Read("commented.pcapng.gz");
        IReadOnlyList<FrameCopy> whole = Reading.Of(capture).Frames;
        for (int length = 0; length < capture.Length; length++)
        {
            Reading reading = Reading.Of(capture[..length]);
            Assert.Contains(reading.Error!.ErrorId, s_documented);
            Assert.Equal(whole.Take(reading.Frames.Count), reading.Frames);
        }
    }

    [Theory]
    [MemberData(nameof(AllSamples))]
    public void EveryBitOfTheFirstKilobyteFlipped(string name) => FlipEverywhere(Captures.Samples.Read(name));

    [Theory]
    [MemberData(nameof(Generated))]
    public void GeneratedWithEveryBitFlipped(string kind) => FlipEverywhere(Generate(kind));

    [Theory]
    [MemberData(nameof(Generated))]
    public void BytesReplacedAtRandom(string kind)
    {
        byte[] capture = Generate(kind);
        Random random = new(11);
        byte[] extreme = [0, 1, 3, 4, 0x7f, 0x80, 0xfc, 0xff];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] damaged = (byte[])capture.Clone();
            for (int count = random.Next(1, 6); count > 0; count--)
            {
                damaged[random.Next(damaged.Length)] = random.Next(2) == 0 ? extreme[random.Next(extreme.Length)]
                    : (byte)random.Next(256);
            }

            Read(damaged, out _);
        }
    }

    [Theory]
    [MemberData(nameof(Generated))]
    public void PartsRepeatedLeftOutAndSwapped(string kind)
    {
        byte[] capture = Generate(kind);
        Random random = new(12);
        for (int round = 0; round < 5_000; round++)
        {
            (int a, int b) = (random.Next(capture.Length + 1), random.Next(capture.Length + 1));
            Read([.. capture.AsSpan(0, a), .. capture.AsSpan(b)], out _);
        }
    }

    private static void CutEverywhere(byte[] capture)
    {
        List<Seen> whole = Read(capture, out CaptureException? none);
        Assert.Null(none);
        HashSet<long> ends = [.. whole.Select(f => f.End), .. BlockEnds(capture)];
        for (int length = 0; length < capture.Length; length++)
        {
            List<Seen> frames = Read(capture[..length], out CaptureException? error);
            Assert.Equal(whole.TakeWhile(f => f.End <= length), frames);
            if (error is null)
            {
                // Between two records nobody can tell that more were to come.
                Assert.True(length == PcapHeader.Size || ends.Contains(length), $"no error, cut at {length}");
            }
            else
            {
                Assert.Equal(length == 0 ? CaptureErrorId.Empty : CaptureErrorId.Truncated, error.ErrorId);
                Assert.InRange(error.Offset, frames.Count == 0 ? 0 : frames[^1].End, length);
            }
        }
    }

    private static void FlipEverywhere(byte[] capture)
    {
        bool compressed = capture[0] == 0x1f;
        List<Seen> whole = compressed ? [] : Read(capture, out _);
        for (int bit = 0; bit < 8 * Math.Min(capture.Length, 1024); bit++)
        {
            byte[] damaged = (byte[])capture.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            if (compressed)
            {
                Assert.True(Reading.Of(damaged).Error is not { } error || s_documented.Contains(error.ErrorId));
                continue;
            }

            List<Seen> frames = Read(damaged, out _);
            List<Seen> before = [.. whole.TakeWhile(f => f.End <= bit / 8)];
            Assert.Equal(before, frames.Take(before.Count));
        }
    }

    /// <summary>Reads to the end or an error, which must be documented, and holds each frame against the file's own
    /// bytes.</summary>
    private static unsafe List<Seen> Read(byte[] capture, out CaptureException? error)
    {
        List<Seen> frames = [];
        error = null;
        try
        {
            using CaptureReader reader = CaptureReaderFactory.Open(new MemoryStream(capture), Reading.Path);
            while (reader.TryRead(out CapturedFrame f))
            {
                ReadOnlySpan<byte> data = new(f.Data, f.CapturedLength);
                int header = reader is PcapReader pcap ? pcap.Header.RecordHeaderSize
                    : IsSimple(capture, f.FileOffset) ? 12 : 28;
                Assert.True(data.SequenceEqual(capture.AsSpan((int)f.FileOffset + header, f.CapturedLength)),
                    $"frame {f.Number} is not what the file has");
                frames.Add(new Seen(f.Number, f.TimestampNanoseconds, f.WireLength, f.CapturedLength, f.Interface,
                    f.Comment, reader.Position));
                Assert.True(frames.Count <= capture.Length / 12, "more frames than the file has room for");
            }

            Assert.Equal(capture.Length, reader.Position);
        }
        catch (CaptureException e)
        {
            error = e;
            Assert.Contains(e.ErrorId, s_documented);
            Assert.InRange(e.Offset, 0, capture.Length);
            Assert.DoesNotContain(e.Message, char.IsControl);
        }

        return frames;
    }

    private static bool IsSimple(byte[] capture, long offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(capture.AsSpan((int)offset)) is 3 or 0x0300_0000;

    /// <summary>Where pcapng blocks end; nothing for pcap.</summary>
    private static List<long> BlockEnds(byte[] capture)
    {
        List<long> ends = [];
        if (!PcapHeader.IsMagic(capture))
        {
            bool little = capture[8] == 0x4d;
            for (int at = 0; at < capture.Length;)
            {
                ReadOnlySpan<byte> length = capture.AsSpan(at + 4);
                at += little ? BinaryPrimitives.ReadInt32LittleEndian(length)
                    : BinaryPrimitives.ReadInt32BigEndian(length);
                ends.Add(at);
            }
        }

        return ends;
    }

    private static byte[] Generate(string kind) => kind switch
    {
        "pcap" => PcapReaderTests.Mixed(25, 90),
        "pcap-be" => PcapReaderTests.Mixed(25, 90, bigEndian: true),
        "pcap-ns" => PcapReaderTests.Mixed(25, 90, nanoseconds: true),
        "pcap-modified" => PcapReaderTests.Mixed(25, 90, modified: true),
        "pcapng" => PcapNgReaderTests.Mixed(false, 25, 90),
        _ => PcapNgReaderTests.Mixed(true, 25, 90),
    };

    private sealed record Seen(long Number, long Time, uint Wire, int Captured, CaptureInterface Interface,
        string? Comment, long End);
}
