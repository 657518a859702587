namespace VxlanCsum.Text;

/// <summary>Bytes that were read already, and the stream that they came from.</summary>
/// <param name="first">Read first.</param>
/// <param name="then">Read then; not closed.</param>
internal class JoinedStream(ReadOnlyMemory<byte> first, Stream then) : ForwardStream
{
    private ReadOnlyMemory<byte> _first = first;

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
}
