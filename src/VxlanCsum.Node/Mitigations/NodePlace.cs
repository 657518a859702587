using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Journals;
using VxlanCsum.Node.NetworkNamespaces;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Mitigations;

/// <summary>Where the namespace of an entry is now.</summary>
/// <param name="Spec">What leads to it; null for the session's own.</param>
/// <param name="Gone">Why there is nothing of it any more; null where it is there.</param>
/// <param name="Unknown">Why that cannot be told; null where it can.</param>
internal sealed record NodePlace(string? Spec, string? Gone = null, string? Unknown = null)
{
    private const string FirstProcess = "/proc/1/ns/net";

    /// <summary>The calling thread's, as a journal keeps it. Where the first process may not be looked at, the
    /// session's own counts as the machine's.</summary>
    public static JournalPlace Current(string? spec) => new(
        spec, NetworkNamespace.Current, NamespaceCookie.Read(),
        NamespaceFinder.LinkOf(FirstProcess) is { } first ? first == NetworkNamespace.Current : spec is null);

    /// <summary>Looks for the namespace of an entry: by what the kernel calls it, not by the name it was given
    /// then.</summary>
    public static NodePlace Of(JournalIntent intent)
    {
        bool own = NetworkNamespace.Within((string?)null, () => Is(intent.Place));
        return intent.BootId != MitigationContext.BootId ? AfterReboot(intent.Place)
            : own ? new NodePlace(Spec: null)
            : NamespaceFinder.Find(intent.Place.Id, intent.Place.Cookie) is { } path ? new NodePlace(path)
            : NamespaceFinder.SeesAll ? new NodePlace(null, Gone: $"{Name(intent.Place)} is gone, and all in it")
            : new NodePlace(null,
                Unknown: $"{Name(intent.Place)} is not to be found from here, where not all processes are seen");
    }

    /// <summary>Whether an entry is about the calling thread's namespace.</summary>
    public static bool IsHere(JournalIntent intent)
    {
        if (intent.BootId == MitigationContext.BootId)
        {
            return Is(intent.Place);
        }

        NodePlace now = AfterReboot(intent.Place);
        return now is { Gone: null, Unknown: null }
            && NetworkNamespace.Within(now.Spec, static () => NetworkNamespace.Current) == NetworkNamespace.Current;
    }

    /// <summary>A kernel that was started anew has none of the old namespaces; but rules may have been brought back
    /// into the new ones.</summary>
    private static NodePlace AfterReboot(JournalPlace place)
    {
        if (place.IsHost)
        {
            return new NodePlace(
                NamespaceFinder.LinkOf(FirstProcess) is { } first
                    && first != NetworkNamespace.Within((string?)null, static () => NetworkNamespace.Current)
                    ? FirstProcess : null);
        }

        try
        {
            // Of a process's id nothing is left: another process may have it now.
            string? name = Path.GetDirectoryName(place.Spec) is "" or "/run/netns" or "/var/run/netns"
                ? Path.GetFileName(place.Spec) : null;
            return name is not null && NetworkNamespaceNames.List().Contains(name)
                ? new NodePlace(NetworkNamespace.Within(name, () => name))
                : new NodePlace(null, Gone: $"{Name(place)} is gone with the reboot, and all in it");
        }
        catch (NodeException e)
        {
            return new NodePlace(null, Unknown: e.Problem);
        }
    }

    private static bool Is(JournalPlace place) =>
        NetworkNamespace.Current == place.Id && (place.Cookie is null || NamespaceCookie.Read() == place.Cookie);

    private static string Name(JournalPlace place) =>
        $"the network namespace {(place.Spec is { } spec ? $"'{SafeText.Escape(spec)}' ({place.Id})" : place.Id)}";
}
