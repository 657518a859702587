using System.Buffers.Binary;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Scanning;
using VxlanCsum.Summaries;
using VxlanCsum.Verdicts;
using Xunit;

namespace VxlanCsum.UnitTests.Walker;

/// <summary>A file counted in pieces gives what counting it in one go gives, whatever the pieces met.</summary>
public sealed class CaptureScannerTests : IDisposable
{
    private const long PieceSize = 2 * CaptureScanner.SmallestPiece;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"scanner-{Guid.NewGuid():N}.pcap");

    [Fact]
    public void PiecesGiveTheSameCountsAsTheWhole()
    {
        WriteCapture((int)(5 * PieceSize), payloadIsRecords: false);
        (CaptureSummary pieces, Exception? ended) = Scan(threads: 4);
        Assert.Null(ended);
        Assert.Equal(Flatten(Scan(threads: 1).Summary), Flatten(pieces));
        Assert.True(pieces.Bad > 100 && pieces.Good > 10_000 && pieces.Tunnels.Count == 3, Flatten(pieces));
    }

    [Fact]
    public void PayloadsThatLookLikeRecordsDoNotLeadAPieceAstray()
    {
        // Every payload is a chain of records of its own with plausible times: pieces will begin inside one.
        WriteCapture((int)(5 * PieceSize), payloadIsRecords: true);
        Assert.Equal(Flatten(Scan(threads: 1).Summary), Flatten(Scan(threads: 4).Summary));
    }

    [Fact]
    public void DamageInAMiddlePieceEndsTheCountThere()
    {
        WriteCapture((int)(4 * PieceSize), payloadIsRecords: false);
        using (FileStream file = File.OpenWrite(_path))
        {
            // Nothing after this place can be a record, so nothing after it may be counted.
            file.Position = 2 * PieceSize;
            file.Write(new byte[1 << 20].Select(_ => (byte)0xff).ToArray());
        }

        (CaptureSummary whole, Exception? expected) = Scan(threads: 1);
        (CaptureSummary pieces, Exception? ended) = Scan(threads: 4);
        Assert.IsType<CaptureException>(ended);
        Assert.Equal(((CaptureException)expected!).Offset, ((CaptureException)ended).Offset);
        Assert.Equal(Flatten(whole), Flatten(pieces));
    }

    [Fact]
    public void StoppingEndsIt()
    {
        WriteCapture((int)(2 * PieceSize), payloadIsRecords: false);
        using CancellationTokenSource stop = new();
        stop.Cancel();
        Assert.IsType<OperationCanceledException>(Scan(threads: 2, stop.Token).Ended);
    }

    public void Dispose() => File.Delete(_path);

    private (CaptureSummary Summary, Exception? Ended) Scan(int threads, CancellationToken? cancellation = null)
    {
        using FileStream file = File.OpenRead(_path);
        byte[] start = new byte[PcapHeader.Size];
        file.ReadExactly(start);
        Assert.True(PcapHeader.TryParse(start, _path, out PcapHeader? header));
        CaptureScanner scanner = new(cancellation ?? TestContext.Current.CancellationToken);
        SummaryBuilder builder = new();
        Exception? ended = scanner.Scan(header, file.SafeFileHandle, file.Length, threads,
            () => new SummaryPart(new TunnelPorts(), builder),
            task => task.Wait(TestContext.Current.CancellationToken));
        return (builder.Build(_path, ended is null), ended);
    }

    private static string Flatten(CaptureSummary s) =>
        $"{s.Packets} {s.Bytes} {s.CapturedBytes} {s.FirstTimestamp:O} {s.LastTimestamp:O} {s.Good} {s.Bad} "
        + $"{s.Partial} "
        + $"{string.Join(',', s.Checksums)} {string.Join(',', s.Causes)} "
        + $"{string.Join(',', s.Tunnels.OrderBy(t => t.Vni))} {string.Join(',', s.FaultyTalkers)}";

    private void WriteCapture(int size, bool payloadIsRecords)
    {
        byte[][] frames = [.. Enumerable.Range(0, 257).Select(i => Frame(i, payloadIsRecords))];
        using FileStream file = new(_path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        file.Write(Convert.FromHexString("D4C3B2A1020004000000000000000000FFFF000001000000"));
        Span<byte> header = stackalloc byte[16];
        for (uint n = 0; file.Position < size; n++)
        {
            byte[] frame = frames[n % frames.Length];
            BinaryPrimitives.WriteUInt32LittleEndian(header, 1_760_000_000 + (n / 1000));
            BinaryPrimitives.WriteUInt32LittleEndian(header[4..], n % 1000 * 1000);
            BinaryPrimitives.WriteInt32LittleEndian(header[8..], frame.Length);
            BinaryPrimitives.WriteInt32LittleEndian(header[12..], frame.Length);
            file.Write(header);
            file.Write(frame);
        }
    }

    private static byte[] Frame(int i, bool payloadIsRecords)
    {
        if (payloadIsRecords)
        {
            byte[] frame = OverlayFrame.Vxlan(tcp: true, 1400, seed: i + 1);
            for (int at = 104 + (i % 16); at + 36 <= frame.Length; at += 36)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(at), 1_760_000_000);
                BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(at + 4), 1);
                BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(at + 8), 20);
                BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(at + 12), 20);
            }

            return frame;
        }

        byte[] plain = i % 5 == 4 ? OverlayFrame.Plain(tcp: true, i, seed: i + 1)
            : OverlayFrame.Vxlan(tcp: i % 2 == 0, i * 5, outerChecksum: i % 7 != 0, seed: i + 1);
        if (plain[36] == 0x12 && plain[37] == 0xb5)
        {
            // The identifier is covered by the outer checksum: keep the sum by moving what is added.
            plain[48] = (byte)(i % 3);
            plain[44] = (byte)-(i % 3);
        }

        if (i % 50 == 0)
        {
            plain[^1] ^= 0x11;
        }

        return plain;
    }
}
