using System.Globalization;
using VxlanCsum.Node.Interop;

namespace VxlanCsum.Node.Files;

/// <summary>Files that strangers may have put there: no device, no pipe that nobody writes to, and no more than is
/// asked for.</summary>
internal static class BoundedFile
{
    private const int Piece = 64 * 1024;

    /// <summary>Opens a text to be read from its beginning on. A pipe must be one of the process's own, as a shell's
    /// &lt;(command) makes it: at another the kernel would wait for a writer.</summary>
    /// <exception cref="IOException">It is no file, or cannot be opened.</exception>
    public static FileStream OpenText(string path)
    {
        if (FileStatus.Of(path) is { IsRegular: false } status && !(status.IsPipe && IsOwn(path)))
        {
            throw new IOException($"it is {status.Kind}, not a file");
        }

        // No buffer of its own: the readers of these texts ask for large pieces.
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete,
            bufferSize: 1, FileOptions.SequentialScan);
    }

    /// <summary>All of a file, which may grow meanwhile.</summary>
    /// <exception cref="IOException">It is no regular file, larger than the limit, or cannot be read.</exception>
    public static byte[] ReadAll(string path, long most)
    {
        if (FileStatus.Of(path) is { IsRegular: false } status)
        {
            throw new IOException($"{Path.GetFileName(path)} is {status.Kind}, not a file");
        }

        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        if (file.CanSeek && file.Length > most)
        {
            throw TooLarge(path, most);
        }

        using MemoryStream all = new(file.CanSeek ? (int)file.Length : 0);
        byte[] piece = new byte[Piece];
        while (file.Read(piece) is > 0 and int length)
        {
            if (all.Length + length > most)
            {
                throw TooLarge(path, most);
            }

            all.Write(piece, 0, length);
        }

        return all.Length == all.Capacity ? all.GetBuffer() : all.ToArray();
    }

    private static IOException TooLarge(string path, long most) => new(string.Create(CultureInfo.InvariantCulture,
        $"{Path.GetFileName(path)} is larger than {most / (1 << 20)} MiB, which no such file is"));

    private static bool IsOwn(string path) =>
        File.ResolveLinkTarget(path, returnFinalTarget: false)?.Name.StartsWith("pipe:", StringComparison.Ordinal) == true;
}
