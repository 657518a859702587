namespace VxlanCsum.Node.NetworkNamespaces;

/// <summary>
/// Files of /proc that differ from one network namespace to the other: opened inside, read outside. /proc/net is the
/// main thread's; /proc/thread-self/net and /proc/sys/net are those of the thread that opens them.
/// </summary>
internal static class NamespaceFile
{
    /// <summary>Whether there is such a file, readable or not.</summary>
    public static bool Exists(string path) => NetworkNamespace.Enter(() => File.Exists(path));

    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static string ReadAllText(string path)
    {
        using var reader = new StreamReader(NetworkNamespace.Enter(() => File.OpenRead(path)));
        return reader.ReadToEnd();
    }
}
