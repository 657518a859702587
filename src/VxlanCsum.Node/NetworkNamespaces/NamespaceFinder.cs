using VxlanCsum.Node.Errors;

namespace VxlanCsum.Node.NetworkNamespaces;

/// <summary>Finds a network namespace by the kernel's name for it, whatever it is called now or whoever holds
/// it.</summary>
internal static class NamespaceFinder
{
    /// <summary>The name of the first process's namespace for process ids: seen from there, no process is hidden
    /// (linux/proc_ns.h).</summary>
    private const string FirstProcessNamespace = "pid:[4026531836]";

    /// <summary>A path that leads to it; null where none was found.</summary>
    /// <param name="id">Such as "net:[4026532201]".</param>
    /// <param name="cookie">Its cookie, where it is known.</param>
    public static string? Find(string id, ulong? cookie) => Candidates(id).FirstOrDefault(path => Is(path, id, cookie));

    /// <summary>Whether all processes are seen from here: what is not found then is not there.</summary>
    public static bool SeesAll =>
        Environment.IsPrivilegedProcess && LinkOf("/proc/self/ns/pid") == FirstProcessNamespace;

    /// <summary>Where a link of /proc leads; null where it may not be read, or the process is gone.</summary>
    public static string? LinkOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Candidates(string id)
    {
        foreach (string name in NetworkNamespaceNames.List())
        {
            yield return name;
        }

        string[] processes = [.. Directory.EnumerateDirectories("/proc")
            .Where(static p => char.IsAsciiDigit(Path.GetFileName(p)[0]))];
        foreach (string path in processes.Select(static p => p + "/ns/net").Where(p => LinkOf(p) == id))
        {
            yield return path;
        }

        // Nobody lives in it, but someone holds it: a file that is open, or a mount.
        foreach (string path in processes.SelectMany(static p => List(p + "/fd")).Where(f => LinkOf(f) == id))
        {
            yield return path;
        }

        foreach (string path in processes.SelectMany(p => Mounts(p, id)))
        {
            yield return path;
        }
    }

    private static IEnumerable<string> Mounts(string process, string id)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(process + "/mountinfo");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }

        // proc(5): the fourth field is what is mounted, the fifth where.
        return lines.Select(static l => l.Split(' ')).Where(w => w.Length > 5 && w[3] == id)
            .Select(w => $"{process}/root{w[4]}");
    }

    private static string[] List(string folder)
    {
        try
        {
            return Directory.GetFiles(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool Is(string path, string id, ulong? cookie)
    {
        try
        {
            return NetworkNamespace.Within(path,
                () => NetworkNamespace.Current == id && (cookie is null || NamespaceCookie.Read() == cookie));
        }
        catch (NodeException)
        {
            return false;
        }
    }
}
