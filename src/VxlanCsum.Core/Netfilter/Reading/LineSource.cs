using System.Runtime.CompilerServices;
using System.Text;
using VxlanCsum.Text;

namespace VxlanCsum.Netfilter.Reading;

/// <summary>Lines of a stream as UTF-8 bytes, out of one reused buffer.</summary>
internal sealed class LineSource(Stream stream)
{
    /// <summary>A longer line is cut to this; iptables-restore itself stops at 10,240 bytes.</summary>
    public const int LongestLine = ushort.MaxValue;

    private byte[] _buffer = new byte[256 * 1024];
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>Of the line last returned, 1-based.</summary>
    public long Number { get; set; }

    /// <summary>The line last returned is only the beginning of a longer one.</summary>
    public bool WasCut { get; private set; }

    /// <summary>The next line without its end; valid until the next call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Next(out ReadOnlySpan<byte> line)
    {
        int searched = _start;
        while (true)
        {
            int found = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (found >= 0 || (_ended && _start < _end))
            {
                int stop = found >= 0 ? searched + found : _end;
                line = Cut(_start, stop);
                _start = found >= 0 ? stop + 1 : _end;
                Number++;
                return true;
            }

            if (_ended)
            {
                line = default;
                return false;
            }

            searched = Fill();
        }
    }

    /// <summary>The next line begins a JSON object: it may be as long as the whole text, and is no line to
    /// us.</summary>
    public bool AtJson
    {
        get
        {
            if (_start == _end && !_ended)
            {
                Fill();
            }

            ReadOnlySpan<byte> next = _buffer.AsSpan(_start, _end - _start);
            next = next.StartsWith(Encoding.UTF8.Preamble) ? next[3..] : next;
            return next.TrimStart(" \t"u8) is [(byte)'{', ..];
        }
    }

    /// <summary>Everything not yet returned, behind the line last returned where that is given; ends the
    /// lines.</summary>
    public Stream Rest(ReadOnlySpan<byte> line = default)
    {
        byte[] held = line.IsEmpty ? [.. _buffer.AsSpan(_start.._end)] : [.. line, (byte)'\n', .. _buffer.AsSpan(_start.._end)];
        (_start, _ended) = (_end, true);
        return new JoinedStream(held, stream);
    }

    private ReadOnlySpan<byte> Cut(int start, int stop)
    {
        if (stop > start && _buffer[stop - 1] == (byte)'\r')
        {
            stop--;
        }

        WasCut = stop - start > LongestLine;
        return _buffer.AsSpan(start, WasCut ? LongestLine : stop - start);
    }

    /// <summary>Reads more behind what is there; returns where to search on.</summary>
    private int Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        // A line without end keeps its beginning only: memory stays bounded whatever the text.
        int keep = LongestLine + 1;
        if (_end - _start > keep)
        {
            _end = _start + keep;
        }

        int searched = _end;
        int read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _ended = read == 0;
        _end += read;
        return searched;
    }
}
