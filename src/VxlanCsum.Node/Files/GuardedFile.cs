using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Interop;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Files;

/// <summary>
/// A file's place: its folder, opened step by step, and its name there. The one gate for files that are read or written
/// with the rights of root. Whoever else can write somewhere on the way can neither lead it elsewhere nor guess a name:
/// no link is followed that another could have made, and a file is new, or made aside and then named.
/// </summary>
/// <remarks>
/// Each step is one openat with O_NOFOLLOW. That every kernel has, and unlike openat2 it can look whose a folder is
/// before the next step. What the file system refuses comes as it says it; whoever uses this tells it.
/// </remarks>
internal sealed class GuardedFile : IDisposable
{
    /// <summary>Nobody else reads it.</summary>
    public const uint Private = 0b110_000_000;

    /// <summary>Null where this is not Linux: then paths are used as they are.</summary>
    private readonly DescriptorHandle? _folder;
    private readonly string _name;
    private readonly FolderTrust _trust;
    private readonly GuardedWalk? _walk;
    private string? _aside;

    private GuardedFile(string path, FolderTrust trust, GuardedWalk? walk)
    {
        (Path, _trust, _walk, _folder) = (path, trust, walk, walk?.Folder);
        _name = walk?.Name ?? System.IO.Path.GetFileName(path);
    }

    /// <summary>As it was given.</summary>
    public string Path { get; }

    /// <summary>Its path, once the links on the way to it are followed.</summary>
    public string Reached => _walk?.Reached ?? Path;

    /// <summary>Goes to a file's folder.</summary>
    /// <param name="path">The file, which need not be there.</param>
    /// <param name="trust">Whose the folders may be.</param>
    /// <param name="createFolders">Folders that are missing are made, for their owner alone.</param>
    /// <exception cref="NodeException">A folder or link on the way is not to be trusted.</exception>
    /// <exception cref="IOException">A folder on the way is missing, or is none.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder on the way may not be entered.</exception>
    public static GuardedFile At(string path, FolderTrust trust, bool createFolders = false) =>
        At(path, trust, createFolders, true);

    /// <summary>As <see cref="At(string, FolderTrust, bool)"/>, but what the name itself is stays what it is: a link
    /// that stands there is not followed.</summary>
    public static GuardedFile AtName(string path, FolderTrust trust, bool createFolders = false) =>
        At(path, trust, createFolders, false);

    private static GuardedFile At(string path, FolderTrust trust, bool createFolders, bool followLast)
    {
        if (OperatingSystem.IsLinux())
        {
            return new GuardedFile(path, trust, GuardedWalk.To(path, trust, createFolders, followLast));
        }

        if (createFolders)
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        }

        return new GuardedFile(path, trust, null);
    }

    /// <summary>What stands there now, a link itself; null where nothing does, or this is not Linux.</summary>
    public FileStatus? Look() => _folder is null ? null : FileStatus.In(_folder, _name);

    /// <summary>Where the symbolic link leads that stands there.</summary>
    public string LinkTarget() => GuardedWalk.ReadLink(_folder!, _name);

    /// <summary>Opens what stands there, to read.</summary>
    /// <returns>Null where nothing does.</returns>
    /// <exception cref="NodeException">It is to be relied on, and others may write to it.</exception>
    /// <exception cref="IOException">It is no regular file.</exception>
    public FileStream? OpenRead()
    {
        if (_folder is null)
        {
            return File.Exists(Path) ? new FileStream(Path, FileMode.Open, FileAccess.Read) : null;
        }

        // Not blocking: a pipe that nobody writes to may stand there.
        DescriptorHandle file = Libc.OpenAt(_folder, _name,
            Libc.ReadOnly | Libc.NoFollow | Libc.NonBlocking | Libc.CloseOnExec, 0);
        return file.IsInvalid && Marshal.GetLastPInvokeError() == Errno.NoEntry ? null
            : Stream(Regular(file), FileAccess.Read);
    }

    /// <summary>Opens a file to read and write that is made where it is missing.</summary>
    /// <exception cref="NodeException">Others may write to it.</exception>
    /// <exception cref="IOException">It is no regular file.</exception>
    public FileStream OpenOrCreate() => _folder is null
        ? new FileStream(Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 0)
        : Stream(Regular(
            Libc.OpenAt(_folder, _name,
                Libc.ReadWrite | Libc.Create | Libc.NoFollow | Libc.NonBlocking | Libc.CloseOnExec, Private)),
            FileAccess.ReadWrite);

    /// <summary>Makes a file under its name.</summary>
    /// <param name="mode">Its permissions, as far as the umask leaves them.</param>
    /// <returns>Null where something stands there already.</returns>
    public FileStream? TryCreateNew(uint mode = Private)
    {
        if (_folder is null)
        {
            return File.Exists(Path) ? null
                : new FileStream(Path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, 0);
        }

        const int Flags = Libc.ReadWrite | Libc.Create | Libc.Exclusive | Libc.CloseOnExec;
        DescriptorHandle file = Libc.OpenAt(_folder, _name, Flags | Libc.NoFollow, mode);
        return file.IsInvalid && Marshal.GetLastPInvokeError() == Errno.Exists ? null
            : Stream(file, FileAccess.ReadWrite);
    }

    /// <summary>Makes a file that takes the place of what stands there at once, and is written to then.</summary>
    /// <param name="mode">Its permissions, unless it replaces a file, whose it then keeps.</param>
    public FileStream Replace(uint mode = Private)
    {
        FileStream file = CreateAside(mode);
        try
        {
            KeepAttributes(file);
            TakeName(overwrite: true);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Takes a lock that the system gives back when the process ends; null where another has it.</summary>
    public FileStream? TryLock()
    {
        FileStream file = OpenOrCreate();
        if (_folder is null || Libc.Lock(file.SafeFileHandle, Libc.LockAtOnce) == 0)
        {
            return file;
        }

        int error = Marshal.GetLastPInvokeError();
        file.Dispose();
        return error == Errno.Again ? null : throw Failure(error, Path);
    }

    /// <summary>Makes a file aside, in the same folder, under a name that nobody can guess.</summary>
    /// <param name="mode">Its permissions, as far as the umask leaves them.</param>
    public FileStream CreateAside(uint mode = Private)
    {
        _aside = NewAside();
        if (_folder is null)
        {
            return new FileStream(Aside, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, 0);
        }

        const int Flags = Libc.ReadWrite | Libc.Create | Libc.Exclusive | Libc.CloseOnExec;
        return Stream(Libc.OpenAt(_folder, _aside, Flags | Libc.NoFollow, mode), FileAccess.ReadWrite);
    }

    /// <summary>Gives a file an owner and permissions, whatever the umask.</summary>
    public void SetAttributes(FileStream file, uint mode, uint owner, uint group)
    {
        if (_folder is not null)
        {
            Succeed(Libc.ChangeOwner(file.SafeFileHandle, owner, group));
            Succeed(Libc.ChangeMode(file.SafeFileHandle, mode));
        }
    }

    /// <summary>Gives the file aside the owner and permissions of what it is about to replace, unless another could
    /// have put that there.</summary>
    public void KeepAttributes(FileStream aside)
    {
        if (_folder is not null && Look() is { IsRegular: true } former && former.IsOurs && _walk!.IsSafe)
        {
            // What may not be given away stays ours.
            _ = Libc.ChangeOwner(aside.SafeFileHandle, former.Owner, former.Group);
            _ = Libc.ChangeMode(aside.SafeFileHandle, former.Permissions);
        }
    }

    /// <summary>The file aside takes the name, at once: nobody ever reads half of it.</summary>
    /// <param name="overwrite">Whether it may replace what stands there.</param>
    /// <exception cref="IOException">Something stands there that is not to be replaced.</exception>
    public void TakeName(bool overwrite)
    {
        if (_folder is null)
        {
            File.Move(Aside, Path, overwrite);
        }
        else if (overwrite)
        {
            // Root may put a file in the place of /dev/null.
            if (Look() is { IsRegular: false, IsSymbolicLink: false })
            {
                throw NoFile();
            }

            Succeed(Libc.RenameAt(_folder, _aside!, _folder, _name));
        }
        else if (Libc.LinkAt(_folder, _aside!, _folder, _name, 0) == 0)
        {
            Succeed(Libc.UnlinkAt(_folder, _aside!, 0));
        }
        else
        {
            // A file system without hard links: then between the look and the name there is a moment.
            int error = Marshal.GetLastPInvokeError();
            Succeed(error == Errno.Exists || Look() is not null ? throw Failure(Errno.Exists, Path)
                : Libc.RenameAt(_folder, _aside!, _folder, _name));
        }

        _aside = null;
        FlushFolder();
    }

    /// <summary>Removes what stands there, a link itself; nothing happens where nothing does.</summary>
    public void Delete()
    {
        if (_folder is null)
        {
            File.Delete(Path);
        }
        else if (Libc.UnlinkAt(_folder, _name, 0) != 0 && Marshal.GetLastPInvokeError() is var error
            && error != Errno.NoEntry)
        {
            throw Failure(error, Path);
        }

        FlushFolder();
    }

    /// <summary>Puts a symbolic link there, in the place of what stands there.</summary>
    public void Link(string target)
    {
        _aside = NewAside();
        Succeed(Libc.SymbolicLinkAt(target, _folder!, _aside));
        TakeName(overwrite: true);
    }

    /// <summary>Removes the files aside of this name that a killed process left. Nobody may be writing it
    /// now.</summary>
    public void RemoveLeftAside()
    {
        if (_folder is null)
        {
            return;
        }

        foreach (string path in Directory.EnumerateFileSystemEntries($"/proc/self/fd/{_folder.Number}",
            AsideStart + "*" + AsideEnd))
        {
            string name = System.IO.Path.GetFileName(path);
            bool isOurs = name.Length == AsideStart.Length + AsideRandom + AsideEnd.Length
                && FileStatus.In(_folder, name) is { IsOurs: true };
            if (isOurs)
            {
                Succeed(Libc.UnlinkAt(_folder, name, 0));
            }
        }
    }

    /// <summary>A new name is on the disk only when its folder is.</summary>
    public void FlushFolder()
    {
        if (_folder is not null)
        {
            using DescriptorHandle folder = Libc.OpenAt(_folder, ".", Libc.ReadOnly | Libc.Folder | Libc.CloseOnExec,
                0);
            _ = folder.IsInvalid ? 0 : Libc.Fsync(folder);
        }
    }

    /// <summary>Nothing stays of a file aside that did not take the name.</summary>
    public void Dispose()
    {
        if (_aside is not null && _folder is not null)
        {
            _ = Libc.UnlinkAt(_folder, _aside, 0);
        }
        else if (_aside is not null)
        {
            File.Delete(Aside);
        }

        _folder?.Dispose();
    }

    /// <summary>What a call refused, as .NET tells it.</summary>
    public static Exception Failure(int error, string path)
    {
        string said = $"{SafeText.Escape(path)}: {Errno.Describe(error)}";
        return Errno.IsPermission(error) ? new UnauthorizedAccessException(said)
            : error == Errno.NoEntry ? new FileNotFoundException(said)
            : new IOException(error == Errno.Loop ? $"{SafeText.Escape(path)} is a symbolic link" : said);
    }

    private const int AsideRandom = 32;
    private const string AsideEnd = ".tmp";

    /// <summary>Names may have 255 bytes.</summary>
    private string AsideStart => Encoding.UTF8.GetByteCount(_name) < 200 ? $".{_name}." : ".long.";

    private string NewAside() =>
        AsideStart + RandomNumberGenerator.GetHexString(AsideRandom, lowercase: true) + AsideEnd;

    private string Aside => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, _aside!);

    private void Succeed(int result)
    {
        if (result != 0)
        {
            throw Failure(Marshal.GetLastPInvokeError(), Path);
        }
    }

    private IOException NoFile() =>
        new($"{SafeText.Escape(Path)} is no file, but a folder, a device, a pipe or a socket");

    private DescriptorHandle Regular(DescriptorHandle file)
    {
        if (file.IsInvalid)
        {
            throw Failure(Marshal.GetLastPInvokeError(), Path);
        }

        FileStatus status = FileStatus.Of(file);
        if (!status.IsRegular)
        {
            file.Dispose();
            throw NoFile();
        }

        // A second name may have been given to it by whoever has the folder, too.
        if (_trust == FolderTrust.Ours
            && (!status.IsOurs || status.IsOpenToOthers || (_walk!.IsShared && status.Links > 1)))
        {
            file.Dispose();
            throw GuardedWalk.Distrust(Path,
                status.IsOurs ? "can be written by others" : $"belongs to the user {status.Owner}");
        }

        return file;
    }

    private FileStream Stream(DescriptorHandle file, FileAccess access)
    {
        if (file.IsInvalid)
        {
            throw Failure(Marshal.GetLastPInvokeError(), Path);
        }

        var handle = new SafeFileHandle(file.Number, ownsHandle: true);
        file.SetHandleAsInvalid();
        return new FileStream(handle, access, bufferSize: 0);
    }
}
