using VxlanCsum.Node.Interop;

namespace VxlanCsum.Node.Journals;

/// <summary>Files and folders that only their owner may read or write.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Opens a file to read and write, without a buffer.</summary>
    public static FileStream Open(string path, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new FileStream(path, options);
    }

    /// <summary>Whether anyone but us and root may write the file: it belongs to another, or its mode lets others.</summary>
    public static bool AreOpenToOthers(string path) =>
        !OperatingSystem.IsWindows()
        && ((File.GetUnixFileMode(path) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0 || BelongsToAnother(path));

    private static bool BelongsToAnother(string path) => FileStatus.Of(path) is { Owner: not 0 } status && status.Owner != Libc.GetEffectiveUser();
}
