namespace VxlanCsum.Text;

/// <summary>Bytes that were read already, and the stream that they came from.</summary>
/// <param name="first">Read first.</param>
/// <param name="then">Read then; not closed.</param>
internal class JoinedStream(ReadOnlyMemory<byte> first, Stream then) : Stream
{
    private ReadOnlyMemory<byte> _first = first;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int length = Math.Min(buffer.Length, _first.Length);
        if (length == 0)
        {
            _first = default;
            return then.Read(buffer);
        }

        _first.Span[..length].CopyTo(buffer);
        _first = _first[length..];
        return length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
