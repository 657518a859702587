using System.Runtime.InteropServices;
using System.Text;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Interop;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Files;

/// <summary>The way to a file, folder by folder.</summary>
internal sealed class GuardedWalk
{
    private const uint PrivateFolder = 0b111_000_000;
    private const int MostLinks = 40, LongestTarget = 4096;
    private readonly string _path;
    private readonly FolderTrust _trust;
    private readonly Stack<string> _steps = new();
    private int _links;

    private GuardedWalk(string path, FolderTrust trust)
    {
        (_path, _trust) = (path, trust);
        Push(Path.GetFullPath(path));
        Folder = OpenRoot();
    }

    /// <summary>The folder that was reached.</summary>
    public DescriptorHandle Folder { get; private set; }

    /// <summary>The file's name in it.</summary>
    public string Name { get; private set; } = string.Empty;

    /// <summary>The file's path, once the links on the way to it are followed.</summary>
    public string Reached { get; private set; } = string.Empty;

    /// <summary>Nobody but root and us can have put anything on this way.</summary>
    public bool IsSafe { get; private set; } = true;

    /// <summary>Others may put something into the folder that was reached, such as /tmp.</summary>
    public bool IsShared { get; private set; }

    /// <summary>Goes there.</summary>
    public static GuardedWalk To(string path, FolderTrust trust, bool createFolders, bool followLast)
    {
        var walk = new GuardedWalk(path, trust);
        try
        {
            walk.Go(createFolders, followLast);
            return walk;
        }
        catch
        {
            walk.Folder.Dispose();
            throw;
        }
    }

    /// <summary>Where a symbolic link leads.</summary>
    public static string ReadLink(DescriptorHandle folder, string name)
    {
        Span<byte> target = stackalloc byte[LongestTarget];
        nint length = Libc.ReadLinkAt(folder, name, target, (nuint)target.Length);
        return length >= 0 ? Encoding.UTF8.GetString(target[..(int)length])
            : throw GuardedFile.Failure(Marshal.GetLastPInvokeError(), name);
    }

    public static NodeException Distrust(string path, string why) => new(
        NodeErrorId.PathNotTrusted, NodeFailure.Permission, path,
        $"{SafeText.Escape(path)} {why}, so that it cannot be relied on.",
        "Give a path whose folders belong to root or to you, that nobody else may write to, and without symbolic "
        + "links of others.");

    private void Go(bool createFolders, bool followLast)
    {
        for (string way = "/"; ;)
        {
            Name = _steps.Count > 0 ? _steps.Pop() : throw new IOException($"{SafeText.Escape(_path)} is a folder");
            FileStatus? status = FileStatus.In(Folder, Name);
            string here = Path.Combine(way, Name);
            if (status is { IsSymbolicLink: true } link && (followLast || _steps.Count > 0))
            {
                way = Follow(link, here) ? "/" : way;
            }
            else if (_steps.Count == 0)
            {
                Reached = here;
                return;
            }
            else
            {
                Enter(here, createFolders && status is null);
                way = here;
            }
        }
    }

    /// <returns>Whether it leads off from the root.</returns>
    private bool Follow(FileStatus link, string here)
    {
        if (!IsSafe || IsShared || !link.IsOurs || ++_links > MostLinks)
        {
            throw Distrust(here, "is a symbolic link that others could have made");
        }

        string target = ReadLink(Folder, Name);
        Push(target);
        if (!target.StartsWith('/'))
        {
            return false;
        }

        Folder.Dispose();
        Folder = OpenRoot();
        return true;
    }

    private void Enter(string here, bool create)
    {
        if (create && Libc.MakeFolderAt(Folder, Name, PrivateFolder) != 0
            && Marshal.GetLastPInvokeError() is var refused && refused != Errno.Exists)
        {
            throw GuardedFile.Failure(refused, here);
        }

        DescriptorHandle next = Libc.OpenAt(Folder, Name,
            Libc.PathOnly | Libc.Folder | Libc.NoFollow | Libc.CloseOnExec, 0);
        int error = Marshal.GetLastPInvokeError();
        Folder.Dispose();
        Folder = next;
        if (next.IsInvalid)
        {
            throw error == Errno.NoEntry ? new DirectoryNotFoundException($"There is no folder {SafeText.Escape(here)}")
                : GuardedFile.Failure(error, here);
        }

        Look(here);
    }

    private void Look(string here)
    {
        FileStatus status = FileStatus.Of(Folder);
        bool safe = status.IsOurs && (!status.IsOpenToOthers || status.IsSticky);
        if (!safe && _trust == FolderTrust.Ours)
        {
            throw Distrust(here, status.IsOurs ? "is a folder that others may write to"
                : $"is a folder of the user {status.Owner}");
        }

        IsSafe &= safe;
        IsShared = status.IsOpenToOthers;
    }

    private void Push(string path)
    {
        foreach (string step in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(static s => s != ".")
            .Reverse())
        {
            _steps.Push(step);
        }
    }

    private static DescriptorHandle OpenRoot()
    {
        DescriptorHandle root = Libc.Open("/", Libc.PathOnly | Libc.Folder | Libc.CloseOnExec);
        return root.IsInvalid ? throw GuardedFile.Failure(Marshal.GetLastPInvokeError(), "/") : root;
    }
}
