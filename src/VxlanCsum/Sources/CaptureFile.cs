using VxlanCsum.Captures.Files;

namespace VxlanCsum.Sources;

/// <summary>Opens captures by path; what the file system refuses becomes a <see cref="CaptureException"/> with a stable
/// id.</summary>
internal static class CaptureFile
{
    /// <summary>The path that means standard input.</summary>
    public const string StandardInput = "-";

    /// <exception cref="CaptureException">It is not there, not a file, or may not be read.</exception>
    public static Stream Open(string path, CancellationToken cancellation)
    {
        if (path == StandardInput)
        {
            return new InterruptibleStream(Console.OpenStandardInput(), cancellation);
        }

        if (Directory.Exists(path))
        {
            throw new CaptureException(CaptureErrorId.IsDirectory, path, -1, "is a directory, not a capture.");
        }

        try
        {
            // No buffer of its own: the reader asks for large pieces and parses them in place.
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 0,
                Options = FileOptions.SequentialScan,
            });
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CaptureException(CaptureErrorId.NotFound, path, -1, "there is no such file.", error);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new CaptureException(CaptureErrorId.Unreadable, path, -1, $"cannot be opened: {error.Message}",
                error);
        }
    }

    /// <summary>The header of a pcap file, which can be read in several places at once; null for any other file. Does
    /// not move the stream.</summary>
    public static PcapHeader? TryReadPcapHeader(FileStream file, string path)
    {
        Span<byte> start = stackalloc byte[PcapHeader.Size];
        int length = RandomAccess.Read(file.SafeFileHandle, start, 0);
        return PcapHeader.TryParse(start[..length], path, out PcapHeader? header) ? header : null;
    }
}
