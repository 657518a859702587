using VxlanCsum.Captures.Files;

namespace VxlanCsum.Captures.Scanning;

/// <summary>A part of a file: the records that begin in it.</summary>
/// <param name="Index">Pieces before it.</param>
/// <param name="Start">Where it begins, or a record that it begins with lies across.</param>
/// <param name="End">Where it ends; the last one ends where the file does.</param>
internal readonly record struct Piece(int Index, long Start, long End);

/// <summary>Hands out the pieces of a file to threads, and lets these join what they read in order.</summary>
/// <param name="length">Of the file.</param>
/// <param name="threads">How many take pieces.</param>
/// <param name="smallest">Bytes of the smallest piece.</param>
/// <param name="firstSeconds">The whole seconds of the file's first record.</param>
internal sealed class PieceQueue(long length, int threads, long smallest, uint firstSeconds)
{
    /// <summary>Times the smallest.</summary>
    private const int Largest = 16;

    private readonly object _lock = new();
    private long _next = PcapHeader.Size, _size;
    private int _taken, _turn;
    private bool _stopped;

    public uint FirstSeconds => firstSeconds;

    /// <summary>Where the piece whose turn it is has to begin.</summary>
    public long Position { get; private set; } = PcapHeader.Size;

    /// <summary>Frames joined so far; for the piece whose turn it is.</summary>
    public long Frames { get; set; }

    /// <summary>The damage or the stop that ended the reading.</summary>
    public Exception? Ended { get; private set; }

    /// <summary>The next piece; false where there is none.</summary>
    public bool TryTake(out Piece piece)
    {
        lock (_lock)
        {
            long left = length - _next;
            piece = default;
            if (_stopped || (left <= 0 && _taken > 0))
            {
                return false;
            }

            // Smaller ones towards the end, so that all threads end at about the same time.
            _size = Math.Max(_size, smallest);
            long size = Math.Clamp(left / (2 * threads), smallest, _size);
            bool isLast = threads == 1 || left - size < smallest;
            piece = new Piece(_taken++, _next, isLast ? long.MaxValue : _next + size);
            _next = isLast ? length : piece.End;
            return true;
        }
    }

    /// <summary>Waits for the turn of a piece; false where all has ended before.</summary>
    public bool WaitFor(Piece piece)
    {
        lock (_lock)
        {
            while (_turn != piece.Index && !_stopped)
            {
                Monitor.Wait(_lock);
            }

            return !_stopped;
        }
    }

    /// <summary>The piece whose turn it is was joined.</summary>
    /// <param name="position">Where it ended, and the next has to begin.</param>
    /// <param name="ended">What ended it before its end.</param>
    /// <param name="wasHeavy">Joining it took long.</param>
    public void Done(long position, Exception? ended, bool wasHeavy)
    {
        lock (_lock)
        {
            Position = position;
            Ended = ended;
            _stopped |= ended is not null;
            _turn++;
            _size = wasHeavy ? smallest : Math.Min(2 * _size, Largest * smallest);
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>A thread failed: the others need not go on.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _stopped = true;
            Monitor.PulseAll(_lock);
        }
    }
}
