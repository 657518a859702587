namespace VxlanCsum.Netfilter.Rules;

/// <summary>One kernel table that two tools showed becomes one table.</summary>
/// <remarks>
/// What iptables-nft made, nft shows too, though without the arguments of most targets: iptables' own text is kept,
/// and what only nft knows, the order in which tables were made, is taken from the other. A table
/// of which only the name was listed (nft list tables) gives its number, too.
/// </remarks>
internal static class TableMerge
{
    public static IReadOnlyList<NetfilterTable> Merge(List<NetfilterTable> tables)
    {
        var kept = new List<NetfilterTable>(tables.Count);
        foreach (NetfilterTable table in tables)
        {
            NetfilterTable? twin = table.Backend == NetfilterBackend.Nftables
                ? tables.Find(t => ShowsMore(t, table)) : null;
            if (twin is null)
            {
                kept.Add(table);
            }
            else if (twin.Handle == 0)
            {
                twin.Handle = table.Handle;
            }
        }

        return kept;
    }

    /// <summary>The other is the same table of the kernel, and what was read of it says more than nft did here.</summary>
    private static bool ShowsMore(NetfilterTable other, NetfilterTable table)
    {
        if (ReferenceEquals(other, table) || other.Family != table.Family || other.Name != table.Name)
        {
            return false;
        }

        bool listed = table.Chains.Count == 0 && table.Sets.Count == 0;
        return other.Backend == NetfilterBackend.IptablesNft
            || (listed && other.Backend == NetfilterBackend.Nftables && other.Chains.Count > 0);
    }
}
