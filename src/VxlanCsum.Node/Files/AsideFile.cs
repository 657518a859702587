namespace VxlanCsum.Node.Files;

/// <summary>
/// A file that is written aside, in the same folder, and takes its name when it is whole: nobody ever reads half of it,
/// and what stood there before stays until then. What the file system refuses comes as it says it; whoever uses this
/// tells it.
/// </summary>
/// <param name="path">Where it will be.</param>
/// <param name="mode">Its permissions, unless it replaces a file, whose it then keeps.</param>
/// <param name="trust">Whose the folders on the way may be.</param>
internal sealed class AsideFile(string path, uint mode = AsideFile.Readable, FolderTrust trust = FolderTrust.Anyones)
    : IDisposable
{
    /// <summary>Everyone reads it.</summary>
    public const uint Readable = 0b110_100_100;

    private GuardedFile? _file;
    private FileStream? _aside;
    private BufferedStream? _stream;

    /// <summary>What is written; it comes to be at the first use.</summary>
    public Stream Stream
    {
        get
        {
            _file ??= GuardedFile.At(path, trust);
            _aside ??= _file.CreateAside(mode);
            return _stream ??= new BufferedStream(_aside, 64 * 1024);
        }
    }

    /// <summary>The file is whole: it takes its name, and the owner and permissions of a file that it
    /// replaces.</summary>
    /// <param name="overwrite">Whether it may replace one.</param>
    public void Complete(bool overwrite)
    {
        Stream.Flush();
        _aside!.Flush(flushToDisk: true);
        _file!.KeepAttributes(_aside);
        Stream.Dispose();
        _file.TakeName(overwrite);
    }

    /// <summary>Nothing stays of a file that was not completed.</summary>
    public void Dispose()
    {
        try
        {
            _stream?.Dispose();
        }
        catch (IOException)
        {
            // What could not be written is about to go anyway.
        }

        _file?.Dispose();
    }
}
