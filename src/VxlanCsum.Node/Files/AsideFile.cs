namespace VxlanCsum.Node.Files;

/// <summary>
/// A file that is written aside, in the same folder, and takes its name when it is whole: nobody ever reads half of it,
/// and what stood there before stays until then. What the file system refuses comes as it says it; whoever uses this tells it.
/// </summary>
/// <param name="path">Where it will be.</param>
internal sealed class AsideFile(string path) : IDisposable
{
    private readonly string _aside = Path.Combine(Path.GetDirectoryName(path)!, $".{Guid.NewGuid():N}.tmp");
    private FileStream? _stream;
    private bool _isWhole;

    /// <summary>What is written; it comes to be at the first use.</summary>
    public FileStream Stream => _stream ??= new FileStream(_aside, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, 64 * 1024);

    /// <summary>The file is whole: it takes its name, and the permissions of a file that it replaces.</summary>
    /// <param name="overwrite">Whether it may replace one.</param>
    public void Complete(bool overwrite)
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        if (!OperatingSystem.IsWindows() && File.Exists(path))
        {
            File.SetUnixFileMode(_aside, File.GetUnixFileMode(path));
        }

        File.Move(_aside, path, overwrite);
        _isWhole = true;
    }

    /// <summary>Nothing stays of a file that was not completed.</summary>
    public void Dispose()
    {
        if (_isWhole || _stream is null)
        {
            return;
        }

        try
        {
            _stream.Dispose();
        }
        catch (IOException)
        {
            // What could not be written is about to go anyway.
        }

        try
        {
            File.Delete(_aside);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder let us create it a moment ago; whatever keeps it now, its name says that it is nobody's.
        }
    }
}
