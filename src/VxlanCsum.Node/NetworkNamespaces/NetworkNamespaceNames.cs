using System.Globalization;
using VxlanCsum.Node.Errors;

namespace VxlanCsum.Node.NetworkNamespaces;

/// <summary>How people name network namespaces, and which names there are.</summary>
internal static class NetworkNamespaceNames
{
    /// <summary>Where `ip netns` keeps its names (NETNS_RUN_DIR); the first is the usual target of the
    /// second.</summary>
    private static readonly string[] s_folders = ["/run/netns", "/var/run/netns"];

    /// <summary>The names of `ip netns`, sorted; none where the folder cannot be read.</summary>
    public static IReadOnlyList<string> List()
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string folder in s_folders)
        {
            try
            {
                names.UnionWith(Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // No `ip netns` was ever used here, or we may not look: then there is nothing to offer.
            }
        }

        return [.. names];
    }

    /// <summary>
    /// The file of a namespace. A slash makes a path; else an `ip netns` name goes before a process id of the same
    /// digits, as `ip` itself reads it.
    /// </summary>
    /// <exception cref="NodeException">The text cannot name a namespace, or there is none of that name.</exception>
    public static string ToPath(string spec)
    {
        if (spec.Length == 0 || spec is "." or ".." || spec.Contains('\0'))
        {
            throw NetworkNamespaceErrors.BadName(spec);
        }

        if (spec.Contains('/'))
        {
            return spec;
        }

        foreach (string folder in s_folders)
        {
            string path = Path.Combine(folder, spec);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return int.TryParse(spec, NumberStyles.None, CultureInfo.InvariantCulture, out int process) && process > 0
            ? string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/ns/net")
            : throw NetworkNamespaceErrors.NoSuchName(spec, List());
    }
}
