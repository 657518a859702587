using VxlanCsum.Text;

namespace VxlanCsum.Sources;

/// <summary>A pipe or terminal whose blocking read ends when the pipeline is stopped.</summary>
/// <remarks>A read of standard input cannot be cancelled; so it goes on in the background, into a buffer of its own,
/// and we stop waiting.</remarks>
internal sealed class InterruptibleStream(Stream inner, CancellationToken cancellation) : ForwardStream
{
    private readonly byte[] _buffer = new byte[1 << 16];

    public override int Read(Span<byte> buffer)
    {
        int wanted = Math.Min(buffer.Length, _buffer.Length);
        Task<int> read = Task.Run(() => inner.Read(_buffer, 0, wanted), CancellationToken.None);
        read.Wait(cancellation);
        int got = read.Result;
        _buffer.AsSpan(0, got).CopyTo(buffer);
        return got;
    }
}
