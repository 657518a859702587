using System.Globalization;
using System.Text;

namespace VxlanCsum.Node.Rules;

/// <summary>
/// A table of iptables-legacy as the kernel hands it out: entries one behind the other, chain by chain. Of its chains
/// those are printed that a tunnel packet can come to, as iptables-legacy-save prints them.
/// </summary>
/// <param name="layout">Of an entry.</param>
/// <param name="name">Of the table.</param>
/// <param name="entries">All of them.</param>
/// <param name="places">Which hooks it has, then the first entry of each, then the last.</param>
/// <param name="setName">The name of a set of ipset.</param>
internal readonly ref struct LegacyTable(LegacyLayout layout, string name, ReadOnlySpan<byte> entries,
    ReadOnlySpan<uint> places, Func<ushort, string?> setName)
{
    private const int ErrorNameLength = 30;
    private const int Drop = -1, Accept = -2;

    private static readonly string[] s_hooks = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"];

    private readonly LegacyLayout _layout = layout;
    private readonly string _name = name;
    private readonly ReadOnlySpan<byte> _entries = entries;
    private readonly ReadOnlySpan<uint> _places = places;
    private readonly Func<ushort, string?> _setName = setName;

    /// <summary>The chains that decide, as one table of iptables-save. Null where a rule of them has a match or a target
    /// that is not known here, or there are too many: then iptables-legacy-save is to be asked.</summary>
    public string? Text()
    {
        if (Chains() is not { } chains)
        {
            return null;
        }

        Predicate<string> isTelling = DecidingRules.Telling();
        HashSet<LegacyChain> wanted = [.. chains.Where(c => c.IsOfKernel || isTelling(c.Name))];
        var waiting = new Queue<LegacyChain>(wanted);
        while (waiting.TryDequeue(out LegacyChain? chain) && wanted.Count <= DecidingRules.MostChains)
        {
            foreach (LegacyChain next in Next(chain, chains).Where(wanted.Add))
            {
                waiting.Enqueue(next);
            }
        }

        return wanted.Count > DecidingRules.MostChains ? null : Print([.. wanted.OrderBy(static c => c.First)], chains);
    }

    /// <summary>All chains, in the order of their places. Null where the entries do not follow one another.</summary>
    private List<LegacyChain>? Chains()
    {
        var chains = new List<LegacyChain>();
        int last = 0;
        for (int at = 0; at < _entries.Length;)
        {
            int length = LengthAt(at);
            if (length == 0)
            {
                return null;
            }

            bool begins = IsHead(at);
            if (begins && chains is [.., { IsOfKernel: false } before])
            {
                chains[^1] = before with { Last = last };
            }

            if (Hook(at) is var hook and >= 0)
            {
                chains.Add(new LegacyChain(s_hooks[hook], at, (int)_places[1 + s_hooks.Length + hook], true));
            }
            else if (begins && at + length < _entries.Length)
            {
                string own = Encoding.UTF8.GetString(Target(at).Slice(LegacyBytes.PartHeader, ErrorNameLength).Name());
                chains.Add(new LegacyChain(own, at + length, 0, false));
            }

            (last, at) = (at, at + length);
        }

        return chains.TrueForAll(static c => c.Last >= c.First) ? chains : null;
    }

    /// <summary>Of the entry; 0 where it cannot be one.</summary>
    private int LengthAt(int at)
    {
        ReadOnlySpan<byte> rest = _entries[at..];
        if (rest.Length < _layout.Length + LegacyBytes.PartHeader)
        {
            return 0;
        }

        int target = rest.Short(_layout.TargetOffset), length = rest.Short(_layout.TargetOffset + sizeof(ushort));
        return target >= _layout.Length && target + LegacyBytes.PartHeader <= length && length <= rest.Length ? length : 0;
    }

    private int Hook(int at)
    {
        for (int hook = 0; hook < s_hooks.Length; hook++)
        {
            if ((_places[0] & (1u << hook)) != 0 && _places[1 + hook] == at)
            {
                return hook;
            }
        }

        return -1;
    }

    private ReadOnlySpan<byte> Entry(int at) => _entries.Slice(at, _entries[at..].Short(_layout.TargetOffset + 2));

    private ReadOnlySpan<byte> Target(int at) => Entry(at)[_entries[at..].Short(_layout.TargetOffset)..];

    /// <summary>A chain of its own begins with an entry that holds its name, as does the end of the table.</summary>
    private bool IsHead(int at) => Target(at).PartName().SequenceEqual("ERROR"u8);

    /// <summary>The chains that a packet of a tunnel over UDP may go to from one.</summary>
    private List<LegacyChain> Next(LegacyChain chain, List<LegacyChain> chains)
    {
        List<LegacyChain> next = [];
        if (chain.IsOfKernel ? chain.Name is not ("OUTPUT" or "POSTROUTING") : DecidingRules.IsOfOne(chain.Name))
        {
            return next;
        }

        for (int at = chain.First; at < chain.Last; at += LengthAt(at))
        {
            if (!new LegacyRule(_layout, Entry(at)).IsOfOtherProtocol && Jump(at, chains) is { } to
                && !DecidingRules.IsOfOne(to.Name))
            {
                next.Add(to);
            }
        }

        return next;
    }

    /// <summary>Where the rule leads, if to another chain.</summary>
    private LegacyChain? Jump(int at, List<LegacyChain> chains)
    {
        if (new LegacyRule(_layout, Entry(at)).Verdict is not { } verdict || verdict < 0 || verdict == at + LengthAt(at))
        {
            return null;
        }

        int low = 0, high = chains.Count - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = chains[middle].First < verdict ? (middle + 1, high) : (low, middle);
        }

        return chains[low].First == verdict ? chains[low] : null;
    }

    private string? Print(LegacyChain[] wanted, List<LegacyChain> chains)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"*{_name}\n");
        foreach (LegacyChain chain in wanted)
        {
            var last = new LegacyRule(_layout, Entry(chain.Last));
            string? policy = !chain.IsOfKernel ? "- [0:0]"
                : last.Verdict is Accept ? $"ACCEPT {last.Counters}" : last.Verdict is Drop ? $"DROP {last.Counters}" : null;
            if (policy is null)
            {
                return null;
            }

            text.Append(CultureInfo.InvariantCulture, $":{chain.Name} {policy}\n");
        }

        foreach (LegacyChain chain in wanted)
        {
            for (int at = chain.First; at < chain.Last; at += LengthAt(at))
            {
                var rule = new LegacyRule(_layout, Entry(at));
                bool isNone = rule.Verdict == at + rule.Length;
                if (!rule.Write(text, chain.Name, isNone, Jump(at, chains)?.Name, _setName))
                {
                    return null;
                }
            }
        }

        return text.Append("COMMIT\n").ToString();
    }
}

/// <summary>A chain of a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="First">The place of its first entry.</param>
/// <param name="Last">The place of its last, which is its policy, or the return at its end.</param>
/// <param name="IsOfKernel">The kernel calls it.</param>
internal sealed record LegacyChain(string Name, int First, int Last, bool IsOfKernel);
