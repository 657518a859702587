using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Walking;

/// <summary>A chain that a hook calls.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="Priority">Its place.</param>
/// <param name="IsNat">Only the first packet of a connection comes here, and only until one such chain has translated
/// it.</param>
internal sealed record HookEntry(NetfilterChain Chain, int Priority, bool IsNat);

/// <summary>Which chains a hook calls, in order.</summary>
internal static class HookPlan
{
    private static readonly string[] s_kubeChains = ["KUBE-POSTROUTING", "masquerading"];

    /// <summary>
    /// The hook's stages. A stage of several orders holds nat chains of one priority whose order the text does not
    /// tell: the kernel asks the one first that was registered last (nf_hook_entries_grow puts a new one before its
    /// equals), and goes on only while none has translated the packet (nf_nat_inet_fn).
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<IReadOnlyList<HookEntry>>> Stages(
        IReadOnlyList<NetfilterTable> tables, string hook, IReadOnlyList<NetfilterBackend> order)
    {
        List<HookEntry> entries = Entries(tables, hook);
        var stages = new List<IReadOnlyList<IReadOnlyList<HookEntry>>>();
        foreach (var place in entries.GroupBy(static e => (e.Priority, Own: e.IsNat ? e.Chain.Priority : int.MinValue))
            .OrderBy(static g => g.Key))
        {
            stages.AddRange(place.Where(static e => !e.IsNat)
                .Select(static e => (IReadOnlyList<IReadOnlyList<HookEntry>>)[[e]]));
            List<HookEntry> nat = [.. place.Where(static e => e.IsNat)];

            // A chain without rules decides nothing whenever it is asked.
            List<HookEntry> busy = [.. nat.Where(static e => e.Chain.Count > 0)];
            if (busy.Count > 0 || nat.Count > 0)
            {
                stages.Add(Orders(busy.Count > 0 ? busy : nat[..1], order));
            }
        }

        return stages;
    }

    // nat is asked at one place of the hook, whatever the priority of its chains: that only orders them among
    // themselves (nf_nat_register_fn).
    private static int PlaceOfNat(string hook) =>
        hook is "POSTROUTING" or "INPUT" ? IptablesHooks.SourceNat : IptablesHooks.DestinationNat;

    private static List<HookEntry> Entries(IReadOnlyList<NetfilterTable> tables, string hook)
    {
        var entries = new List<HookEntry>();
        foreach (NetfilterTable table in tables)
        {
            entries.AddRange(table.BaseChains.Where(c => c.Hook == hook)
                .Select(c => new HookEntry(c, c.IsNat ? PlaceOfNat(hook) : c.Priority, c.IsNat)));
        }

        if (hook == "POSTROUTING" && !entries.Exists(static e => e.IsNat))
        {
            // Only kube-proxy's chain was pasted (iptables -t nat -S KUBE-POSTROUTING): what calls it is not in doubt.
            entries.AddRange(tables.SelectMany(t => s_kubeChains.Select(t.Find)).OfType<NetfilterChain>()
                .Where(static c => c.Hook is null && !c.Table.IsPartial)
                .Select(static c => new HookEntry(c, IptablesHooks.SourceNat, true)));
        }

        return entries;
    }

    private static IReadOnlyList<IReadOnlyList<HookEntry>> Orders(List<HookEntry> entries,
        IReadOnlyList<NetfilterBackend> order)
    {
        const int MostTried = 4;
        if (entries.Count == 1)
        {
            return [entries];
        }

        if (order.Count > 0)
        {
            int Rank(HookEntry e) =>
                order.ToList().IndexOf(e.Chain.Table.Backend) is >= 0 and int at ? at : order.Count;
            return [[.. entries.OrderBy(Rank).ThenByDescending(static e => e.Chain.Table.Handle)]];
        }

        return entries.Count > MostTried ? [entries, [.. Enumerable.Reverse(entries)]]
            : [.. Permutations(entries).Where(Possible)];
    }

    // nf_tables numbers its tables as they are made; the later one is asked first. ip_tables has no such number.
    private static bool Possible(List<HookEntry> order)
    {
        long last = long.MaxValue;
        foreach (HookEntry entry in order)
        {
            if (entry.Chain.Table.Handle > last)
            {
                return false;
            }

            last = entry.Chain.Table.Handle > 0 ? entry.Chain.Table.Handle : last;
        }

        return true;
    }

    private static IEnumerable<List<HookEntry>> Permutations(List<HookEntry> entries)
    {
        if (entries.Count == 1)
        {
            yield return entries;
            yield break;
        }

        for (int i = 0; i < entries.Count; i++)
        {
            List<HookEntry> rest = [.. entries];
            rest.RemoveAt(i);
            foreach (List<HookEntry> tail in Permutations(rest))
            {
                yield return [entries[i], .. tail];
            }
        }
    }
}
