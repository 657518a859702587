using System.Runtime.InteropServices;

namespace VxlanCsum.Captures.Files;

/// <summary>A forward-only look at a stream through one reused native buffer.</summary>
/// <remarks>
/// Reads are 256 KiB and land page-aligned: what is left of a record is moved to just before them. The buffer grows
/// only for a record larger than itself; callers bound that. <see cref="Slack"/> bytes behind <see cref="End"/> may
/// be read (never trusted), so that vector code needs no tail case.
/// </remarks>
internal sealed unsafe class StreamWindow : IDisposable
{
    /// <summary>Bytes asked of the stream at once.</summary>
    public const int ReadSize = 256 * 1024;

    /// <summary>Readable bytes behind the buffer.</summary>
    public const int Slack = 64;

    private const int Headroom = 64 * 1024;
    private const int Page = 4096;

    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly long _preferredEnd;
    private byte* _buffer;
    private byte* _limit;
    private bool _ended;

    /// <summary>The first byte not consumed yet.</summary>
    public byte* Cursor;

    /// <summary>Behind the last byte read.</summary>
    public byte* End;

    /// <summary>Add it to a pointer into the window to get that byte's offset in the file.</summary>
    public long Delta;

    /// <param name="stream">Read forward only, from where it stands.</param>
    /// <param name="path">For errors.</param>
    /// <param name="leaveOpen">Whether the stream outlives the window.</param>
    /// <param name="offset">The file offset where the stream stands.</param>
    /// <param name="preferredEnd">Nothing is read ahead beyond this offset; only what a record needs.</param>
    public StreamWindow(Stream stream, string path, bool leaveOpen, long offset = 0, long preferredEnd = long.MaxValue)
    {
        _stream = stream;
        _leaveOpen = leaveOpen;
        _preferredEnd = preferredEnd;
        Path = path;
        Allocate(Headroom + ReadSize);
        Cursor = End = _buffer + Headroom;
        Delta = offset - (long)Cursor;
    }

    ~StreamWindow() => Free();

    /// <summary>Of the capture, for errors.</summary>
    public string Path { get; }

    /// <summary>File offset of <see cref="Cursor"/>.</summary>
    public long Position => (long)Cursor + Delta;

    /// <summary>Bytes at hand.</summary>
    public int Available => (int)(End - Cursor);

    /// <summary>What is at hand.</summary>
    public ReadOnlySpan<byte> Span => new(Cursor, Available);

    /// <summary>Reads until <paramref name="count"/> bytes are at hand; false when the stream ends before. Pointers
    /// into the window move.</summary>
    /// <exception cref="CaptureException">The stream cannot be read or decompressed.</exception>
    public bool Ensure(int count)
    {
        while (Available < count)
        {
            if (_ended)
            {
                return false;
            }

            if (_limit - End < Page || _limit - Cursor < count)
            {
                MakeRoom(count);
            }

            long ahead = Math.Max(_preferredEnd - ((long)End + Delta), count - Available);
            int read = Read(new Span<byte>(End, (int)Math.Min(Math.Min(_limit - End, ReadSize), ahead)));
            End += read;
            _ended = read == 0;
        }

        return true;
    }

    /// <summary>Consumes without keeping; false when the stream ends before.</summary>
    /// <exception cref="CaptureException">The stream cannot be read or decompressed.</exception>
    public bool Skip(long count)
    {
        while (count > Available)
        {
            count -= Available;
            Cursor = End;
            if (!Ensure(1))
            {
                return false;
            }
        }

        Cursor += count;
        return true;
    }

    public void Dispose()
    {
        Free();
        if (!_leaveOpen)
        {
            _stream.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    private int Read(Span<byte> span)
    {
        try
        {
            return _stream.Read(span);
        }
        catch (InvalidDataException e)
        {
            throw new CaptureException(CaptureErrorId.BadCompression, Path, (long)End + Delta, e.Message, e);
        }
        catch (EndOfStreamException e)
        {
            throw new CaptureException(CaptureErrorId.Truncated, Path, (long)End + Delta, e.Message, e);
        }
        catch (Exception e) when (e is IOException and not CaptureException or UnauthorizedAccessException)
        {
            throw new CaptureException(CaptureErrorId.Unreadable, Path, (long)End + Delta,
                $"reading failed: {e.Message}", e);
        }
    }

    private void MakeRoom(int count)
    {
        int tail = Available;
        byte* old = _buffer;
        if (_limit - _buffer < count)
        {
            // Doubling keeps a run of slowly growing records from moving the buffer each time.
            Allocate(Math.Max(Headroom + count, (int)Math.Min(2 * (_limit - _buffer), int.MaxValue / 2)));
        }

        // Right before the read area when a record and the tail fit so, else as far forward as they can be.
        byte* target = _buffer + Math.Max(0, Headroom - tail);
        if (_limit - target < count)
        {
            target = _buffer;
        }

        long position = Position;
        Buffer.MemoryCopy(Cursor, target, _limit - target, tail);
        Cursor = target;
        End = target + tail;
        Delta = position - (long)target;
        if (old != _buffer)
        {
            NativeMemory.AlignedFree(old);
        }
    }

    private void Allocate(int size)
    {
        size = (size + Page - 1) & -Page;
        _buffer = (byte*)NativeMemory.AlignedAlloc((nuint)size + Slack, Page);
        _limit = _buffer + size;
        new Span<byte>(_limit, Slack).Clear();
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_buffer);
        _buffer = _limit = Cursor = End = null;
    }
}
