using System.IO.Compression;
using VxlanCsum.Text;

namespace VxlanCsum.Captures.Files;

/// <summary>Decompresses gzip, members in a row included, and tells a cut stream from a finished one.</summary>
/// <remarks>
/// <see cref="GZipStream"/> ends quietly where its input is cut. So when the input ends, one more member with known
/// content is appended: if that content, and nothing else, comes out, then the members before it were complete.
/// </remarks>
internal sealed class GzipSource : ForwardStream
{
    // What zlib has decoded of one call is lost when the call meets damage, so calls are small.
    private const int ReadSize = 4096;

    private readonly Input _input;
    private readonly GZipStream _gzip;
    private bool _finished;

    public GzipSource(StreamWindow compressed)
    {
        _input = new Input(compressed);
        _gzip = new GZipStream(_input, CompressionMode.Decompress);
    }

    public override int Read(Span<byte> buffer)
    {
        if (_finished)
        {
            return 0;
        }

        int read;
        try
        {
            read = _gzip.Read(buffer[..Math.Min(buffer.Length, ReadSize)]);
        }
        catch (InvalidDataException e) when (!_input.AtEnd)
        {
            throw new InvalidDataException(
                $"the gzip data is damaged near its byte {_input.Position}; what could be decompressed before was "
                + $"read.", e);
        }
        catch (InvalidDataException)
        {
            throw Cut();
        }

        // GZipStream asks for input only when it has given out everything decoded so far: what comes after the end of
        // the input can only be the appended member.
        if (_input.AtEnd)
        {
            _finished = true;
            return OnlyEndMark(buffer[..read]) ? 0 : throw Cut();
        }

        return read > 0 ? read
            : throw new InvalidDataException("bytes that are not gzip follow the end of the gzip data.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gzip.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool OnlyEndMark(ReadOnlySpan<byte> decoded)
    {
        Span<byte> rest = stackalloc byte[EndMember.Mark.Length + 1];
        decoded[..Math.Min(decoded.Length, rest.Length)].CopyTo(rest);
        int length = Math.Min(decoded.Length, rest.Length);
        try
        {
            while (length < rest.Length && _gzip.Read(rest[length..]) is > 0 and int read)
            {
                length += read;
            }
        }
        catch (InvalidDataException)
        {
            return false;
        }

        return rest[..length].SequenceEqual(EndMember.Mark);
    }

    private EndOfStreamException Cut() =>
        new($"the gzip data ends too early, after {_input.Position} bytes: the file was cut. What could be "
            + $"decompressed before was read.");

    /// <summary>The window, and behind its end the end member.</summary>
    private sealed class Input(StreamWindow window) : ForwardStream
    {
        private int _ofMember;

        public bool AtEnd { get; private set; }

        public new long Position => window.Position;

        public override int Read(Span<byte> buffer)
        {
            if (!AtEnd && window.Ensure(1))
            {
                int count = Math.Min(buffer.Length, window.Available);
                window.Span[..count].CopyTo(buffer);
                window.Skip(count);
                return count;
            }

            AtEnd = true;
            ReadOnlySpan<byte> rest = EndMember.Bytes.AsSpan(_ofMember);
            rest = rest[..Math.Min(rest.Length, buffer.Length)];
            rest.CopyTo(buffer);
            _ofMember += rest.Length;
            return rest.Length;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                window.Dispose();
            }

            base.Dispose(disposing);
        }
    }

    private static class EndMember
    {
        public static ReadOnlySpan<byte> Mark => "VxlanCsum: here the gzip data ends."u8;

        public static readonly byte[] Bytes = Compress();

        private static byte[] Compress()
        {
            MemoryStream compressed = new();
            using (GZipStream gzip = new(compressed, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write(Mark);
            }

            return compressed.ToArray();
        }
    }
}
