using System.Collections.Concurrent;

namespace VxlanCsum.Node.Pcap;

/// <summary>
/// Frames on their way from the thread that captures to the one that reads, which may be slow: a pipeline waits for its
/// screen. One writer, one reader; a block of frames belongs to one of them at a time. When all blocks are full the
/// writer is told so, leaves the frames to the kernel, and the kernel counts what it then drops.
/// </summary>
internal sealed unsafe class FrameQueue(int mostBlocks) : IDisposable
{
    private readonly ConcurrentQueue<FrameBlock> _filled = new();
    private readonly ConcurrentStack<FrameBlock> _empty = new();

    /// <summary>Counts the filled blocks, and one more at the end.</summary>
    private readonly SemaphoreSlim _ready = new(0);

    /// <summary>Counts the blocks that may still be taken.</summary>
    private readonly SemaphoreSlim _room = new(mostBlocks);

    private FrameBlock? _writing, _reading;
    private volatile bool _waiting;

    /// <summary>Appends a copy of a frame; false where there is no room even after a while.</summary>
    public bool TryWrite(long time, uint wireLength, byte* data, int length, int milliseconds)
    {
        if (_writing is not null && !_writing.Fits(length))
        {
            HandOver();
        }

        if (_writing is null)
        {
            if (!_room.Wait(milliseconds))
            {
                return false;
            }

            _writing = _empty.TryPop(out FrameBlock? block) ? block : new FrameBlock();
        }

        _writing.Append(time, wireLength, data, length);
        if (_waiting)
        {
            HandOver();
        }

        return true;
    }

    /// <summary>Gives the reader what was written so far. To be called now and then: a reader that begins to wait is
    /// seen with the next frame only.</summary>
    public void HandOver()
    {
        if (_writing is { } block)
        {
            _writing = null;
            _filled.Enqueue(block);
            _ready.Release();
        }
    }

    /// <summary>Nothing more will be written.</summary>
    public void Complete()
    {
        HandOver();
        _ready.Release();
    }

    /// <summary>The next frame, valid until the next call, waited for so long.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public FrameQueueRead Read(int milliseconds, CancellationToken cancellation, out QueuedFrame frame)
    {
        while (true)
        {
            if (_reading is not null)
            {
                if (_reading.TryTake(out frame))
                {
                    return FrameQueueRead.Frame;
                }

                _reading.Clear();
                _empty.Push(_reading);
                _reading = null;
                _room.Release();
            }

            if (!_ready.Wait(0, cancellation))
            {
                _waiting = true;
                bool ready = _ready.Wait(milliseconds, cancellation);
                _waiting = false;
                if (!ready)
                {
                    frame = default;
                    return FrameQueueRead.Nothing;
                }
            }

            if (!_filled.TryDequeue(out _reading))
            {
                // Counted without a block: the end. It stays for the next call.
                _ready.Release();
                frame = default;
                return FrameQueueRead.End;
            }
        }
    }

    public void Dispose()
    {
        _ready.Dispose();
        _room.Dispose();
    }
}

/// <summary>What a look into a <see cref="FrameQueue"/> brought.</summary>
internal enum FrameQueueRead
{
    Frame,

    /// <summary>None in this time.</summary>
    Nothing,

    /// <summary>All have been read, and no more will come.</summary>
    End,
}
