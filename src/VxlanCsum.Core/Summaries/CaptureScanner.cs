using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Summaries;

/// <summary>Counts whole captures: frame after frame, or a large pcap file in as many pieces as there are
/// cores.</summary>
/// <remarks>
/// pcap has no index, so a piece begins where <see cref="PcapResync"/> guesses a record. The guess is proven when the
/// piece before ends exactly there; where it does not, that piece is counted again from the right place. The result
/// is the sequential one, always.
/// </remarks>
internal sealed class CaptureScanner(TunnelPorts ports, CancellationToken cancellation)
{
    /// <summary>Below this a second thread costs more than it brings.</summary>
    public const long SmallestSegment = 8 << 20;

    private const int FramesBetweenLooks = 4096;
    private long _bytesDone;

    /// <summary>Bytes read so far, over all threads; may be asked from any.</summary>
    public long BytesDone => Volatile.Read(ref _bytesDone);

    /// <summary>Counts all frames of a reader. On damage the builder holds what came before.</summary>
    /// <exception cref="CaptureException">The capture is damaged.</exception>
    /// <exception cref="OperationCanceledException">Stopped; the builder holds what was counted.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public unsafe void Scan(CaptureReader reader, SummaryBuilder builder)
    {
        FrameWalker walker = new(ports) { ShapesSuffice = true };
        int untilLook = FramesBetweenLooks;
        long last = reader.Position;
        while (reader.TryRead(out CapturedFrame frame))
        {
            builder.Add(in frame, walker.Walk(in frame));
            if (--untilLook == 0)
            {
                untilLook = FramesBetweenLooks;
                Interlocked.Add(ref _bytesDone, reader.Position - last);
                last = reader.Position;
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Counts a pcap file in up to <paramref name="threads"/> pieces at once.</summary>
    /// <param name="wait">Called on the caller's thread until the pieces are done; it must return when it is given a
    /// completed task.</param>
    /// <returns>The counts, and the damage that ended them, if any.</returns>
    public (SummaryBuilder Builder, Exception? Ended) Scan(PcapHeader header, SafeFileHandle file, long length,
        int threads, Action<Task> wait)
    {
        Segment[] segments = Split(header, file, length, threads);
        Task all = Task.WhenAll(segments.Select(segment => Task.Factory.StartNew(
            () => Run(header, file, segment), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        wait(all);
        all.GetAwaiter().GetResult();

        SummaryBuilder total = segments[0].Builder;
        long position = segments[0].Start;
        foreach (Segment segment in segments)
        {
            if (segment.Start != position)
            {
                segment.Start = position;
                Run(header, file, segment);
            }

            if (segment != segments[0])
            {
                total.Merge(segment.Builder);
            }

            if (segment.Ended is not null)
            {
                return (total, segment.Ended);
            }

            position = segment.StoppedAt;
        }

        return (total, null);
    }

    private sealed class Segment
    {
        public long Start, End, StoppedAt;
        public SummaryBuilder Builder = new();
        public Exception? Ended;
    }

    private static Segment[] Split(PcapHeader header, SafeFileHandle file, long length, int threads)
    {
        List<long> starts = [PcapHeader.Size];
        int pieces = (int)Math.Clamp(length / SmallestSegment, 1, threads);
        using PcapReader first = new(header, file, PcapHeader.Size, length);
        if (pieces > 1 && TryReadFirst(first, out uint firstSeconds))
        {
            for (int i = 1; i < pieces; i++)
            {
                long start = PcapResync.Find(header, file, PcapHeader.Size + ((length - PcapHeader.Size) / pieces * i),
                    firstSeconds);
                if (start > starts[^1])
                {
                    starts.Add(start);
                }
            }
        }

        return [.. starts.Select(
            (start, i) => new Segment { Start = start, End = i + 1 < starts.Count ? starts[i + 1] : long.MaxValue })];
    }

    private static bool TryReadFirst(PcapReader reader, out uint seconds)
    {
        try
        {
            bool read = reader.TryRead(out CapturedFrame frame);
            seconds = (uint)(frame.TimestampNanoseconds / 1_000_000_000);
            return read;
        }
        catch (CaptureException)
        {
            // The first segment will meet it again, and tell.
            seconds = 0;
            return false;
        }
    }

    private void Run(PcapHeader header, SafeFileHandle file, Segment segment)
    {
        segment.Builder = new SummaryBuilder();
        segment.Ended = null;
        using PcapReader reader = new(header, file, segment.Start, segment.End);
        try
        {
            Scan(reader, segment.Builder);
        }
        catch (Exception error) when (error is CaptureException or OperationCanceledException)
        {
            // A piece that began out of step may well stumble: only the join tells whether this is damage.
            segment.Ended = error;
        }

        segment.StoppedAt = reader.Position;
    }
}
