using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.Node.Rules;

/// <summary>The tables of iptables-legacy, and of the large ones what decides on tunnel packets.</summary>
internal static class LargeLegacyTables
{
    /// <summary>Entries of a table from which on it is large: those of a thousand services. Below,
    /// iptables-legacy-save takes a few megabytes.</summary>
    private const uint Large = 8_000;

    /// <summary>The names of the tables that there are.</summary>
    public static string[] Names(NetfilterFamily family)
    {
        try
        {
            return NamespaceFile.ReadAllText(
                $"/proc/thread-self/net/{(family == NetfilterFamily.IPv6 ? "ip6" : "ip")}_tables_names")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Each table, and its text where it is large and its deciding rules could be read; null where
    /// iptables-legacy-save is to be asked.</summary>
    public static List<(string Table, string? Text)> Read(NetfilterFamily family)
    {
        string[] names = Names(family);
        using LegacyKernel? kernel = names.Length > 0 ? LegacyKernel.Open(family) : null;
        return [.. names.Select(name => (name, kernel?.Entries(name) > Large ? Text(kernel, name) : null))];
    }

    private static string? Text(LegacyKernel kernel, string table)
    {
        string? text = null;
        return kernel.Read(table, read => text = read.Text()) ? text : null;
    }
}
