using System.Diagnostics;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Verdicts;
using Xunit;

namespace VxlanCsum.UnitTests.Damage;

/// <summary>Each sample capture cut at every byte, and with every bit of its first kilobyte flipped.</summary>
[Collection(nameof(Alone))]
public sealed class SampleDamageTests
{
    private const int Flipped = 1024;

    /// <summary>No record may cost more than this, whatever its length field claims: 16 MiB are believed at
    /// most.</summary>
    private const long MostMemory = 128 << 20;

    private static readonly HashSet<string> s_documented =
    [
        CaptureErrorId.Empty, CaptureErrorId.WrongMagic, CaptureErrorId.Truncated, CaptureErrorId.BadLength,
        CaptureErrorId.BadBlock, CaptureErrorId.BadCompression,
    ];

    [Theory]
    [MemberData(nameof(SampleVariants.Names), MemberType = typeof(SampleVariants))]
    public void CutAnywhereItDeliversThePacketsBeforeTheCut(string name)
    {
        byte[] capture = SampleVariants.Read(name);
        FrameWalker walker = new(new TunnelPorts());
        CaptureDigest whole = CaptureDigest.Of(capture, walker);
        Assert.Null(whole.Error);
        bool compressed = IsCompressed(capture);
        for (int length = 0; length < capture.Length; length++)
        {
            CaptureDigest cut = CaptureDigest.Of(capture.AsMemory(0, length), walker);
            if (compressed)
            {
                Assert.Equal(whole.Frames.Take(cut.Frames.Count), cut.Frames);
                Assert.Contains(cut.Error!.ErrorId, s_documented);
                continue;
            }

            int complete = whole.Frames.Count(f => f.End <= length);
            if (complete != cut.Frames.Count || !whole.Frames.Take(complete).SequenceEqual(cut.Frames))
            {
                Assert.Fail($"cut at {length}: {cut.Frames.Count} frames, {complete} were complete");
            }

            // Only at the end of a record can nobody tell.
            if (cut.Error is null ? !AtBoundary(length, whole, capture)
                : cut.Error.ErrorId is not (CaptureErrorId.Truncated or CaptureErrorId.Empty))
            {
                Assert.Fail($"cut at {length}: {cut.Error?.ErrorId ?? "no error"}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(SampleVariants.Names), MemberType = typeof(SampleVariants))]
    public void WithAnyBitFlippedItDeliversThePacketsBeforeIt(string name)
    {
        byte[] capture = SampleVariants.Read(name);
        FrameWalker walker = new(new TunnelPorts());
        CaptureDigest whole = CaptureDigest.Of(capture, walker);
        bool compressed = IsCompressed(capture);
        long before = PrivateMemory();
        for (int bit = 0; bit < Math.Min(capture.Length, Flipped) * 8; bit++)
        {
            capture[bit / 8] ^= (byte)(1 << (bit % 8));
            CaptureDigest flipped = CaptureDigest.Of(capture, walker);
            capture[bit / 8] ^= (byte)(1 << (bit % 8));
            int untouched = compressed ? 0 : whole.Frames.Count(f => f.End <= bit / 8);
            if (flipped.Frames.Count < untouched
                || !whole.Frames.Take(untouched).SequenceEqual(flipped.Frames.Take(untouched)))
            {
                Assert.Fail($"bit {bit}: {flipped.Frames.Count} frames, {untouched} stood before it");
            }

            if (flipped.Error is { } error
                && (!s_documented.Contains(error.ErrorId) || error.Message.Any(char.IsControl)))
            {
                Assert.Fail($"bit {bit}: {error.ErrorId} {error.Message}");
            }
        }

        Assert.InRange(PrivateMemory() - before, long.MinValue, MostMemory);
    }

    private static bool IsCompressed(byte[] capture) => capture[0] == 0x1f;

    private static bool AtBoundary(int length, CaptureDigest whole, byte[] capture) =>
        capture[0] == 0x0a ? BlockEnds(capture).Contains(length)
            : length == PcapHeader.Size || whole.Frames.Any(f => f.End == length);

    private static HashSet<int> BlockEnds(byte[] capture)
    {
        HashSet<int> ends = [];
        for (int at = 0; at < capture.Length;)
        {
            at += BitConverter.ToInt32(capture, at + 4);
            ends.Add(at);
        }

        return ends;
    }

    private static long PrivateMemory()
    {
        using Process self = Process.GetCurrentProcess();
        return self.PrivateMemorySize64;
    }
}
