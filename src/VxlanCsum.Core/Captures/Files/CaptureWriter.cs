namespace VxlanCsum.Captures.Files;

/// <summary>Writes frames into a capture, in the order they come.</summary>
/// <remarks>Not thread-safe. What is written reaches the stream at the latest with <see cref="Flush"/> or
/// disposal.</remarks>
internal abstract class CaptureWriter(Stream stream, bool leaveOpen) : IDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _used;
    private bool _disposed;

    /// <summary>Frames written.</summary>
    public long Count { get; protected set; }

    /// <summary>Writes a frame: its data, lengths, time and, where the format holds them, interface and comment. Its
    /// number is not written.</summary>
    /// <exception cref="CaptureException">The format cannot hold the frame.</exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public abstract void Write(in CapturedFrame frame);

    /// <summary>Hands everything written so far to the stream.</summary>
    public void Flush()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Drain();
        stream.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        try
        {
            Drain();
            stream.Flush();
        }
        finally
        {
            if (!leaveOpen)
            {
                stream.Dispose();
            }
        }
    }

    /// <summary>Appends bytes.</summary>
    protected void Put(ReadOnlySpan<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (bytes.Length > _buffer.Length - _used)
        {
            Drain();
            if (bytes.Length > _buffer.Length)
            {
                stream.Write(bytes);
                return;
            }
        }

        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    private void Drain()
    {
        // Emptied first: what a full disk refused must not be tried again by disposal.
        int used = _used;
        _used = 0;
        stream.Write(_buffer, 0, used);
    }
}
