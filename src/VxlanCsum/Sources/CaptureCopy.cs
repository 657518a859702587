using System.IO.Compression;
using VxlanCsum.Captures.Files;
using VxlanCsum.Node.Files;

namespace VxlanCsum.Sources;

/// <summary>A capture that is being written beside its place, and takes it once it is whole.</summary>
/// <param name="path">Where it shall stand; its extension says the format.</param>
/// <param name="overwrite">Whether it may take the place of a file that is there.</param>
internal sealed class CaptureCopy(string path, bool overwrite) : IDisposable
{
    private readonly AsideFile _file = new(path, GuardedFile.Private);
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
            _file.Complete(overwrite);
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
        }
        catch (Exception error) when (IsRefusal(error))
        {
            // It was told of when the file refused a frame.
        }

        _file.Dispose();
    }

    private CaptureWriter Open(LinkType linkType, uint snapLength)
    {
        bool compressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        string name = compressed ? path[..^3] : path;

        // A compressor is closed with its writer, which is how it writes its end; the file itself stays open until it
        // is whole.
        Stream stream = compressed ? new GZipStream(_file.Stream, CompressionLevel.Fastest, leaveOpen: true)
            : _file.Stream;
        return name.EndsWith(".pcapng", StringComparison.OrdinalIgnoreCase)
            ? new PcapNgWriter(stream, leaveOpen: !compressed)
            : new PcapWriter(stream, path, linkType, snapLength, leaveOpen: !compressed);
    }

    private static bool IsRefusal(Exception error) =>
        error is IOException and not CaptureException or UnauthorizedAccessException or NotSupportedException;

    private CaptureException Unwritable(Exception error) =>
        new(CaptureErrorId.Unwritable, path, -1, $"cannot be written: {error.Message}", error);
}
