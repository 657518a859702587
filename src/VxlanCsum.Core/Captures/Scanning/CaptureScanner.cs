using Microsoft.Win32.SafeHandles;
using VxlanCsum.Captures.Files;

namespace VxlanCsum.Captures.Scanning;

/// <summary>Reads whole captures: frame after frame, or a large pcap file in pieces that several threads take in
/// turn.</summary>
/// <remarks>
/// pcap has no index, so a piece begins where <see cref="PcapResync"/> guesses a record. The guess is proven when the
/// piece before ends exactly there; where it does not, that piece is read again from the right place. Pieces are joined
/// in their order, so the result is the sequential one, always.
/// </remarks>
internal sealed class CaptureScanner(CancellationToken cancellation)
{
    /// <summary>Below twice this a second thread costs more than it brings.</summary>
    public const long SmallestPiece = 4 << 20;

    private const int FramesBetweenLooks = 1024;
    private long _bytesDone;

    /// <summary>The size of the first pieces.</summary>
    public long PieceSize { get; init; } = SmallestPiece;

    /// <summary>Bytes read so far, over all threads; may be asked from any.</summary>
    public long BytesDone => Volatile.Read(ref _bytesDone);

    /// <summary>Reads all frames of a reader.</summary>
    /// <returns>The damage or the stop that ended it, if any: what came before has been joined.</returns>
    public Exception? Scan(CaptureReader reader, CapturePart part)
    {
        bool more = true;
        Exception? ended = null;
        while (more)
        {
            part.Begin();
            more = Fill(reader, part, out ended);
            _ = part.Join(0);
        }

        return ended;
    }

    /// <summary>Reads a pcap file on up to <paramref name="threads"/> threads.</summary>
    /// <param name="header">Of the file.</param>
    /// <param name="file">It.</param>
    /// <param name="length">Of the file.</param>
    /// <param name="threads">At most.</param>
    /// <param name="newPart">Makes what a thread fills.</param>
    /// <param name="wait">Called on the caller's thread until all is done; it must return when it is given a completed
    /// task.</param>
    /// <returns>The damage or the stop that ended it, if any.</returns>
    public Exception? Scan(PcapHeader header, SafeFileHandle file, long length, int threads, Func<CapturePart> newPart,
        Action<Task> wait)
    {
        int most = (int)Math.Clamp(length / PieceSize, 1, threads);
        PieceQueue queue = new(length, most, PieceSize, most == 1 ? 0 : FirstSeconds(header, file, length));
        Task all = Task.WhenAll(Enumerable.Range(0, most).Select(_ => Task.Factory.StartNew(
            () => Work(header, file, queue, newPart()), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        wait(all);
        all.GetAwaiter().GetResult();
        return queue.Ended;
    }

    private static uint FirstSeconds(PcapHeader header, SafeFileHandle file, long length)
    {
        using PcapReader first = new(header, file, PcapHeader.Size, length);
        try
        {
            return first.TryRead(out CapturedFrame frame) ? (uint)(frame.TimestampNanoseconds / 1_000_000_000) : 0;
        }
        catch (CaptureException)
        {
            // The first piece will meet it again, and tell.
            return 0;
        }
    }

    private void Work(PcapHeader header, SafeFileHandle file, PieceQueue queue, CapturePart part)
    {
        try
        {
            while (queue.TryTake(out Piece piece) && Read(header, file, queue, part, piece))
            {
            }
        }
        catch
        {
            queue.Stop();
            throw;
        }
    }

    /// <summary>Reads a piece and joins it; false where all has ended meanwhile.</summary>
    private bool Read(PcapHeader header, SafeFileHandle file, PieceQueue queue, CapturePart part, Piece piece)
    {
        long start = piece.Start == PcapHeader.Size ? piece.Start
            : PcapResync.Find(header, file, piece.Start, queue.FirstSeconds);
        bool more = false, first = true;
        Exception? ended = null;
        PcapReader reader = new(header, file, Math.Max(start, PcapHeader.Size), piece.End);
        try
        {
            long numbered = 0;
            do
            {
                long from = reader.Position;
                part.Begin();
                more = start >= 0 && Fill(reader, part, out ended);
                if (first && !queue.WaitFor(piece))
                {
                    return false;
                }

                bool isThere = !first || start == queue.Position;
                numbered = first ? queue.Frames : numbered;
                first = false;
                if (!isThere || !part.Join(numbered))
                {
                    // The guess was wrong, or what it relied on is known only now: again, and now it is this one's turn.
                    reader.Dispose();
                    start = isThere ? from : queue.Position;
                    (more, ended, numbered) = (true, null, queue.Frames);
                    reader = new PcapReader(header, file, start, piece.End);
                }
                else
                {
                    queue.Frames += part.Frames;
                }
            }
            while (more);

            queue.Done(reader.Position, ended, part.IsHeavy);
            return ended is null;
        }
        finally
        {
            reader.Dispose();
        }
    }

    /// <summary>Reads until the part is full; false at the end of the capture or piece, and where something ended it.</summary>
    private bool Fill(CaptureReader reader, CapturePart part, out Exception? ended)
    {
        ended = null;
        try
        {
            long last = reader.Position;
            bool more = true;
            while (more && !part.IsFull)
            {
                cancellation.ThrowIfCancellationRequested();
                more = part.Read(reader, FramesBetweenLooks);
                Interlocked.Add(ref _bytesDone, reader.Position - last);
                last = reader.Position;
            }

            return more;
        }
        catch (Exception error) when (error is CaptureException or OperationCanceledException)
        {
            // A piece that began out of step may well stumble: only the join tells whether this is damage.
            ended = error;
            return false;
        }
    }
}
