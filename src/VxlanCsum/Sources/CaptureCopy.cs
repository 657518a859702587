using System.IO.Compression;
using VxlanCsum.Captures;

namespace VxlanCsum.Sources;

/// <summary>A capture that is being written beside its place, and takes it once it is whole.</summary>
/// <param name="path">Where it shall stand; its extension says the format.</param>
internal sealed class CaptureCopy(string path) : IDisposable
{
    private readonly string _aside = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, $".{System.IO.Path.GetFileName(path)}.{System.IO.Path.GetRandomFileName()}");
    private CaptureWriter? _writer;

    /// <summary>Frames written.</summary>
    public long Count => _writer?.Count ?? 0;

    /// <exception cref="CaptureException">The file cannot be written, or its format cannot hold the frame.</exception>
    public void Write(in CapturedFrame frame)
    {
        try
        {
            (_writer ??= Open(frame.Interface.LinkType, frame.Interface.SnapLength)).Write(in frame);
        }
        catch (Exception error) when (IsRefusal(error))
        {
            throw Unwritable(error);
        }
    }

    /// <summary>The file takes its place, and that of one that was there.</summary>
    /// <exception cref="CaptureException">It cannot be written.</exception>
    public void Complete()
    {
        try
        {
            (_writer ?? Open(LinkType.Ethernet, 0)).Dispose();
            File.Move(_aside, path, overwrite: true);
        }
        catch (Exception error) when (IsRefusal(error))
        {
            throw Unwritable(error);
        }
    }

    /// <summary>Nothing stays of a file that was not completed.</summary>
    public void Dispose()
    {
        try
        {
            _writer?.Dispose();
            File.Delete(_aside);
        }
        catch (Exception error) when (IsRefusal(error))
        {
            // It was told of when the file refused a frame, or to be opened.
        }
    }

    private CaptureWriter Open(LinkType linkType, uint snapLength)
    {
        bool compressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        string name = compressed ? path[..^3] : path;
        Stream stream = new FileStream(_aside, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        stream = compressed ? new GZipStream(stream, CompressionLevel.Fastest) : stream;
        return name.EndsWith(".pcapng", StringComparison.OrdinalIgnoreCase)
            ? new PcapNgWriter(stream)
            : new PcapWriter(stream, path, linkType, snapLength);
    }

    private static bool IsRefusal(Exception error) => error is IOException and not CaptureException or UnauthorizedAccessException or NotSupportedException;

    private CaptureException Unwritable(Exception error) => new(CaptureErrorId.Unwritable, path, -1, $"cannot be written: {error.Message}", error);
}
