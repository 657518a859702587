using VxlanCsum.Node.Files;

namespace VxlanCsum.Node.Journals;

/// <summary>
/// Held by one who changed the node for as long as he lives, beside the journal. The system gives it back when the
/// process ends, however it ends: then what he changed is left over.
/// </summary>
internal sealed class OwnerLock : IDisposable
{
    private readonly FileStream _file;
    private readonly string _path;

    private OwnerLock(FileStream file, string path) => (_file, _path) = (file, path);

    /// <summary>Takes it. The journal's lock must be held.</summary>
    /// <param name="journal">The journal, whose folder is there.</param>
    /// <param name="owner">A name that nobody else has.</param>
    /// <exception cref="IOException">It cannot be made, or someone has it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static OwnerLock Take(Journal journal, string owner)
    {
        string path = PathOf(journal, owner);
        using GuardedFile place = GuardedFile.At(path, FolderTrust.Ours);
        return new OwnerLock(place.TryLock() ?? throw new IOException($"{path} is held by another process"), path);
    }

    /// <summary>Whether someone has it; false without an owner. What a killed process left behind is removed.</summary>
    public static bool IsHeld(Journal journal, string? owner)
    {
        if (owner is null || PathOf(journal, owner) is not { } path || !File.Exists(path))
        {
            return false;
        }

        try
        {
            Take(journal, owner).Dispose();
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>Gives it back.</summary>
    public void Dispose()
    {
        // Removed while it is held: nobody takes one that is about to go.
        try
        {
            File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An empty file stays behind.
        }

        _file.Dispose();
    }

    private static string PathOf(Journal journal, string owner) => $"{journal.FilePath}.{Path.GetFileName(owner)}";
}
