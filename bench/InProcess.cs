using System.Diagnostics;
using System.Runtime.InteropServices;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Scanning;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Causes;
using VxlanCsum.Summaries;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Bench;

/// <summary>Contenders that run in this process, warm: what the engine costs without a start and without
/// PowerShell.</summary>
internal static unsafe class InProcess
{
    private const int BufferSize = 256 * 1024;

    /// <summary>The floor: the file read into one reused buffer and thrown away.</summary>
    public static double BareRead(string path)
    {
        using FileStream file = new(path, new FileStreamOptions { BufferSize = 0 });
        byte* buffer = (byte*)NativeMemory.AlignedAlloc(BufferSize, 64);
        try
        {
            long started = Stopwatch.GetTimestamp();
            while (file.Read(new Span<byte>(buffer, BufferSize)) > 0)
            {
            }

            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
        finally
        {
            NativeMemory.AlignedFree(buffer);
        }
    }

    public static double Measure(string path, int threads)
    {
        SummaryBuilder builder = new();
        double seconds = Scan(path, threads, () => new SummaryPart(new TunnelPorts(), builder), out bool isWhole);
        long started = Stopwatch.GetTimestamp();
        CaptureSummary summary = builder.Build(path, isWhole);
        seconds += Stopwatch.GetElapsedTime(started).TotalSeconds;
        return summary.Bad > 0 && summary.Complete ? seconds
            : throw new InvalidDataException($"{path}: not what was written");
    }

    public static double Test(string path, int threads)
    {
        CauseAnalyzer analyzer = new(new CauseOptions());
        int number = analyzer.PathIndex(path);
        double seconds = Scan(path, threads, () => new CauseShard(analyzer, new TunnelPorts(), number), out bool isWhole);
        long started = Stopwatch.GetTimestamp();
        IReadOnlyList<VxlanChecksumResult> results = analyzer.Complete();
        seconds += Stopwatch.GetElapsedTime(started).TotalSeconds;
        return isWhole && results.Sum(static r => r.BadPackets) > 0 ? seconds
            : throw new InvalidDataException($"{path}: not what was written");
    }

    private static double Scan(string path, int threads, Func<CapturePart> newPart, out bool isWhole)
    {
        using FileStream file = new(path, new FileStreamOptions { BufferSize = 0 });
        long started = Stopwatch.GetTimestamp();
        Span<byte> start = stackalloc byte[PcapHeader.Size];
        file.ReadExactly(start);
        PcapHeader.TryParse(start, path, out PcapHeader? header);
        Exception? ended = new CaptureScanner(CancellationToken.None).Scan(header!, file.SafeFileHandle, file.Length,
            threads, newPart, static task => task.Wait());
        isWhole = ended is null;
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>An object for each packet, without PowerShell.</summary>
    public static double Objects(string path)
    {
        using FileStream file = new(path, new FileStreamOptions { BufferSize = 0 });
        using CaptureReader reader = CaptureReaderFactory.Open(file, path);
        FrameWalker walker = new(new TunnelPorts());
        long started = Stopwatch.GetTimestamp();
        PacketChecksum? last = null;
        while (reader.TryRead(out CapturedFrame frame))
        {
            last = PacketChecksum.From(in frame, walker.Walk(in frame));
        }

        GC.KeepAlive(last);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
