using VxlanCsum.Captures.Files;
using VxlanCsum.Text;

namespace VxlanCsum.Sources;

/// <summary>A stream of which the first bytes were looked at and are read again.</summary>
internal sealed class PeekedStream : JoinedStream
{
    private readonly ReadOnlyMemory<byte> _looked;

    /// <param name="stream">The stream.</param>
    /// <param name="length">How many bytes are looked at.</param>
    public PeekedStream(Stream stream, int length = 4)
        : this(Look(stream, length), stream)
    {
    }

    private PeekedStream(ReadOnlyMemory<byte> looked, Stream stream)
        : base(looked, stream) => _looked = looked;

    /// <summary>Does it begin as pcap, pcapng or gzip files do?</summary>
    public bool LooksBinary => PcapHeader.IsMagic(First) || First is [0x0a, 0x0d, 0x0d, 0x0a] or [0x1f, 0x8b, ..];

    /// <summary>The first bytes.</summary>
    public ReadOnlySpan<byte> First => _looked.Span;

    private static ReadOnlyMemory<byte> Look(Stream stream, int length)
    {
        byte[] first = new byte[length];
        return first.AsMemory(0, stream.ReadAtLeast(first, length, throwOnEndOfStream: false));
    }
}
