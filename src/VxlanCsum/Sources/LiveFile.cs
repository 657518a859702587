using VxlanCsum.Captures.Files;
using VxlanCsum.Node.Files;

namespace VxlanCsum.Sources;

/// <summary>The file that gets what comes live: its owner's alone, and led nowhere by a link of another. What the file
/// system refuses is told as readers of captures know it.</summary>
internal sealed class LiveFile : IDisposable
{
    private readonly string _path;
    private readonly CaptureWriter _writer;

    /// <param name="path">Its full path.</param>
    /// <param name="overwrite">Whether it may take the place of a file that is there.</param>
    /// <param name="format">Makes what writes to it.</param>
    /// <exception cref="CaptureException">It cannot be written, or there is one already.</exception>
    public LiveFile(string path, bool overwrite, Func<Stream, CaptureWriter> format)
    {
        _path = path;
        try
        {
            using GuardedFile place = GuardedFile.At(path, FolderTrust.Anyones);
            FileStream? file = overwrite ? place.Replace() : place.TryCreateNew();
            _writer = format(
                file ?? throw new CaptureException(CaptureErrorId.Exists, path, -1, "is there already."));
        }
        catch (Exception error)
            when (error is IOException and not CaptureException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Unwritable(error);
        }
    }

    /// <exception cref="CaptureException">It cannot be written.</exception>
    public void Write(in CapturedFrame frame)
    {
        try
        {
            _writer.Write(in frame);
        }
        catch (IOException error) when (error is not CaptureException)
        {
            throw Unwritable(error);
        }
    }

    /// <summary>Whoever looks into the file while nothing comes finds all that has come.</summary>
    /// <exception cref="CaptureException">It cannot be written.</exception>
    public void Flush() => WrapErrors(_writer.Flush);

    /// <inheritdoc/>
    /// <exception cref="CaptureException">It cannot be written.</exception>
    public void Dispose() => WrapErrors(_writer.Dispose);

    private void WrapErrors(Action write)
    {
        try
        {
            write();
        }
        catch (IOException error)
        {
            throw Unwritable(error);
        }
    }

    private CaptureException Unwritable(Exception error) =>
        new(CaptureErrorId.Unwritable, _path, -1, $"cannot be written: {error.Message}", error);
}
