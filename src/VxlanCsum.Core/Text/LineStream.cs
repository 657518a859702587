using System.Text;

namespace VxlanCsum.Text;

/// <summary>Lines as the bytes of a text, made while it is read: no second copy of it is held.</summary>
/// <param name="lines">Without their ends.</param>
internal sealed class LineStream(IEnumerator<string> lines) : ForwardStream
{
    private byte[] _line = [];
    private int _from, _to;

    public override int Read(Span<byte> buffer)
    {
        int read = 0;
        while (read < buffer.Length && (_from < _to || Next()))
        {
            int length = Math.Min(_to - _from, buffer.Length - read);
            _line.AsSpan(_from, length).CopyTo(buffer[read..]);
            _from += length;
            read += length;
        }

        return read;
    }

    private bool Next()
    {
        if (!lines.MoveNext())
        {
            return false;
        }

        int most = Encoding.UTF8.GetMaxByteCount(lines.Current.Length) + 1;
        if (_line.Length < most)
        {
            _line = new byte[most];
        }

        _to = Encoding.UTF8.GetBytes(lines.Current, _line);
        _line[_to++] = (byte)'\n';
        _from = 0;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        lines.Dispose();
        base.Dispose(disposing);
    }
}
