using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Clusters;

namespace VxlanCsum.UnitTests.Damage;

/// <summary>What reading and walking a capture gave, small enough to compare a million of them.</summary>
/// <param name="Frames">For each frame where its record ends and a digest of all that was read of it.</param>
/// <param name="Error">What ended the reading, if not the capture's end.</param>
internal sealed record CaptureDigest(List<(long End, int Digest)> Frames, CaptureException? Error)
{
    /// <exception cref="Exception">Anything but a <see cref="CaptureException"/> that reading or walking
    /// threw.</exception>
    public static unsafe CaptureDigest Of(ReadOnlyMemory<byte> capture, FrameWalker walker)
    {
        List<(long, int)> frames = [];
        try
        {
            using CaptureReader reader = CaptureReaderFactory.Open(new BytesStream(capture), "sample");
            while (reader.TryRead(out CapturedFrame f))
            {
                FrameVerdict verdict = walker.Walk(f.Data, f.CapturedLength, f.WireLength, f.Interface.LinkType);
                HashCode digest = new();
                digest.Add(f.Number);
                digest.Add(f.TimestampNanoseconds);
                digest.Add(f.WireLength);
                digest.Add(f.Interface.LinkType);
                digest.Add(f.Comment);
                digest.Add(verdict.Status);
                digest.Add(verdict.LayerCount);
                digest.AddBytes(new ReadOnlySpan<byte>(f.Data, f.CapturedLength));
                frames.Add((reader.Position, digest.ToHashCode()));
            }

            return new(frames, null);
        }
        catch (CaptureException error)
        {
            return new(frames, error);
        }
    }

    private sealed class BytesStream(ReadOnlyMemory<byte> bytes) : Stream
    {
        private int _position;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => bytes.Length;
        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            int count = Math.Min(buffer.Length, bytes.Length - _position);
            bytes.Span.Slice(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
