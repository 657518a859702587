using VxlanCsum.Mitigations;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Files;
using VxlanCsum.Node.Interop;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Mitigations;

/// <summary>Writes files, and brings back what stood there: bytes, mode, owner, and a link as a link.</summary>
internal static class FileChanges
{
    /// <summary>A unit or a rule is a few lines; what is larger is none.</summary>
    private const int Largest = 1 << 20;

    /// <summary>What stands at a path; null where nothing does.</summary>
    /// <exception cref="NodeException">It cannot be read, or not be brought back.</exception>
    public static FileState? Read(string path) => WrapErrors(path, () =>
    {
        using GuardedFile place = GuardedFile.AtName(path, FolderTrust.Ours);
        if (place.Look() is not { } status)
        {
            return null;
        }

        if (status.IsSymbolicLink)
        {
            return new FileState(null, place.LinkTarget(), status.Permissions, status.Owner, status.Group);
        }

        using FileStream file = place.OpenRead()!;
        if (status.Links > 1 || file.Length > Largest)
        {
            throw new NodeException(NodeErrorId.PersistenceUnavailable, NodeFailure.Refused, path,
                $"{SafeText.Escape(path)} {(status.Links > 1 ? "has other names (hard links)" : "is too large")}: "
                + $"replaced, it could not be brought back.", "Move it away first.");
        }

        byte[] content = new byte[file.Length];
        file.ReadExactly(content);
        return new FileState(content, null, status.Permissions, status.Owner, status.Group);
    });

    public static void Apply(FileChange change) => WrapErrors(change.Path, () =>
    {
        Write(change.Path,
            new FileState(change.Content, null, change.Mode, Libc.GetEffectiveUser(), Libc.GetEffectiveGroup()));
        return true;
    });

    public static ReversalResult Revert(FileChange change) => WrapErrors(change.Path, () =>
    {
        if (!Directory.Exists(Path.GetDirectoryName(change.Path)))
        {
            return change.Former is null
                ? new ReversalResult(Reversal.Gone, $"{change.Path}: its folder is not there any more")
                : new ReversalResult(Reversal.Changed, $"{change.Path} cannot come back: its folder is gone");
        }

        using (GuardedFile left = GuardedFile.AtName(change.Path, FolderTrust.Ours))
        {
            left.RemoveLeftAside();
        }

        FileState? now = Read(change.Path);
        if (now is null ? change.Former is null : now.IsSame(change.Former))
        {
            return new ReversalResult(Reversal.Gone, $"{change.Path} is as it was already");
        }

        if (now is not null && !now.Content.AsSpan().SequenceEqual(change.Content))
        {
            return new ReversalResult(Reversal.Changed, $"{change.Path} was changed since and is left as it is");
        }

        if (change.Former is { } former)
        {
            Write(change.Path, former);
        }
        else
        {
            using GuardedFile place = GuardedFile.AtName(change.Path, FolderTrust.Ours);
            place.Delete();
        }

        now = Read(change.Path);
        return (now is null ? change.Former is null : now.IsSame(change.Former))
            ? new ReversalResult(Reversal.Restored,
                change.Former is null ? $"rm {change.Path}" : $"{change.Path}: as it was")
            : new ReversalResult(Reversal.Changed, $"{change.Path} is not as it was");
    });

    private static void Write(string path, FileState state)
    {
        using GuardedFile place = GuardedFile.AtName(path, FolderTrust.Ours, createFolders: true);
        if (state.LinkTarget is { } target)
        {
            place.Link(target);
            return;
        }

        using (FileStream file = place.CreateAside())
        {
            file.Write(state.Content!);
            place.SetAttributes(file, state.Mode, state.Owner, state.Group);
            file.Flush(flushToDisk: true);
        }

        place.TakeName(overwrite: true);
    }

    private static T WrapErrors<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (NodeException e) when (e.ErrorId == NodeErrorId.PathNotTrusted)
        {
            throw new NodeException(NodeErrorId.PersistenceUnavailable, NodeFailure.Permission, path, e.Problem,
                e.Advice, e);
        }
        catch (Exception e) when (e is IOException and not NodeException or UnauthorizedAccessException)
        {
            throw new NodeException(NodeErrorId.PersistenceUnavailable,
                e is UnauthorizedAccessException ? NodeFailure.Permission : NodeFailure.Failed, path,
                $"{SafeText.Escape(path)} could not be read or written: {SafeText.Escape(e.Message)}",
                "Run as root, on a system whose /etc is writable.", e);
        }
    }
}
