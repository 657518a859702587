using VxlanCsum.Captures.Files;

namespace VxlanCsum.Sources;

/// <summary>A stream of which the first bytes were looked at and are read again.</summary>
internal sealed class PeekedStream : Stream
{
    private readonly Stream _rest;
    private readonly byte[] _first;
    private readonly int _count;
    private int _at;

    /// <param name="stream">The stream.</param>
    /// <param name="length">How many bytes are looked at.</param>
    public PeekedStream(Stream stream, int length = 4)
    {
        _first = new byte[length];
        _rest = stream;
        _count = stream.ReadAtLeast(_first, _first.Length, throwOnEndOfStream: false);
    }

    /// <summary>Does it begin as pcap, pcapng or gzip files do?</summary>
    public bool LooksBinary => PcapHeader.IsMagic(_first.AsSpan(0, _count))
        || _first.AsSpan(0, _count) is [0x0a, 0x0d, 0x0d, 0x0a] or [0x1f, 0x8b, ..];

    /// <summary>The first bytes.</summary>
    public ReadOnlySpan<byte> First => _first.AsSpan(0, _count);

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
        if (_at == _count)
        {
            return _rest.Read(buffer);
        }

        int count = Math.Min(buffer.Length, _count - _at);
        _first.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
