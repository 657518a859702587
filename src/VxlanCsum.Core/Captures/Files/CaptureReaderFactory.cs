using System.Globalization;

namespace VxlanCsum.Captures.Files;

/// <summary>Opens a capture by what its first bytes say.</summary>
internal static class CaptureReaderFactory
{
    private const string Formats =
        "pcap, nanosecond pcap, modified pcap and pcapng, each also gzip-compressed, are read";

    /// <summary>Opens a capture: pcap or pcapng, plain or gzip.</summary>
    /// <param name="stream">Read forward only, from where it stands; need not be seekable. Unbuffered is best: reads
    /// are large.</param>
    /// <param name="path">As people gave it; "-" for standard input.</param>
    /// <param name="leaveOpen">Whether the stream outlives the reader; it is then also left open on an error.</param>
    /// <exception cref="CaptureException">Empty, no capture, cut inside its header, or unreadable.</exception>
    public static CaptureReader Open(Stream stream, string path, bool leaveOpen = false)
    {
        StreamWindow window = new(stream, path, leaveOpen);
        try
        {
            bool compressed = window.Ensure(2) && window.Span.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]);
            if (compressed)
            {
                window = new StreamWindow(new GzipSource(window), path, leaveOpen: false);
            }

            return Open(window, compressed);
        }
        catch
        {
            window.Dispose();
            throw;
        }
    }

    private static CaptureReader Open(StreamWindow window, bool compressed)
    {
        window.Ensure(CaptureSignature.Length);
        ReadOnlySpan<byte> start = window.Span[..Math.Min(window.Available, CaptureSignature.Length)];
        string where = compressed ? "the gzip data" : "the file";
        if (start.IsEmpty)
        {
            throw new CaptureException(CaptureErrorId.Empty, window.Path, 0,
                $"{where} is empty: nothing was captured, or its writer was killed before its first write ('tcpdump "
                + $"-U' writes at once).");
        }

        if (start.Length < 4 && (PcapHeader.IsPrefix(start) || PcapNgReader.IsPrefix(start)))
        {
            throw Cut(window, where, PcapHeader.Size);
        }

        if (PcapHeader.IsMagic(start))
        {
            window.Ensure(PcapHeader.Size);
            if (!PcapHeader.TryParse(window.Span, window.Path, out PcapHeader? header))
            {
                throw Cut(window, where, PcapHeader.Size);
            }

            window.Skip(PcapHeader.Size);
            return new PcapReader(header, window);
        }

        if (PcapNgReader.IsPrefix(start))
        {
            return new PcapNgReader(window);
        }

        string? hint = CaptureSignature.Hint(start);
        throw new CaptureException(
            CaptureErrorId.WrongMagic, window.Path, 0,
            string.Create(CultureInfo.InvariantCulture,
                $"no capture: {where} begins with {Convert.ToHexString(start[..Math.Min(4, start.Length)])}; "
                + $"{hint ?? Formats}."));
    }

    private static CaptureException Cut(StreamWindow window, string where, int size) => new(
        CaptureErrorId.Truncated, window.Path, 0,
        $"{where} ends inside the capture's header ({window.Available} of {size} bytes): it was cut, or its writer "
        + $"was killed.");
}
