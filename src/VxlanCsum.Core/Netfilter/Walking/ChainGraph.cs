using VxlanCsum.Netfilter.Iptables;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Walking;

/// <summary>Which chains a packet can reach from a hook, in the order in which it would walk them.</summary>
internal static class ChainGraph
{
    private static readonly string[] s_masquerading = ["KUBE-POSTROUTING", "FLANNEL-POSTRTG", "cali-POSTROUTING"];

    /// <summary>The hook's own chains by priority, each followed by what it jumps to.</summary>
    public static IEnumerable<NetfilterChain> Reachable(IReadOnlyList<NetfilterTable> tables, string hook)
    {
        var seen = new HashSet<NetfilterChain>();
        foreach (IReadOnlyList<IReadOnlyList<HookEntry>> stage in HookPlan.Stages(tables, hook, []))
        {
            foreach (HookEntry entry in stage[0])
            {
                foreach (NetfilterChain chain in From(entry.Chain, seen))
                {
                    yield return chain;
                }
            }
        }
    }

    /// <summary>
    /// Chains of programs that masquerade, with rules, that no packet reaches: POSTROUTING is there and does not lead
    /// to them.
    /// </summary>
    public static IEnumerable<NetfilterChain> Unreached(NetfilterRuleset rules)
    {
        foreach (NetfilterTable table in rules.Tables.Where(
            static t => t.Name == "nat" && !t.IsPartial && t.Find("POSTROUTING") is { Count: > 0 }))
        {
            NetfilterChain[] known = [.. s_masquerading.Select(table.Find).OfType<NetfilterChain>()
                .Where(static c => c.Count > 0)];
            if (known.Length == 0)
            {
                continue;
            }

            HashSet<NetfilterChain> reached = [.. Reachable([table], "POSTROUTING")];
            foreach (NetfilterChain chain in known.Where(c => !reached.Contains(c)))
            {
                yield return chain;
            }
        }
    }

    /// <summary>Jumps to chains that are not there, and jumps that lead in a circle, among these chains.</summary>
    public static IEnumerable<RulesetProblem> Check(IEnumerable<NetfilterChain> chains)
    {
        List<NetfilterChain> all = [.. chains];
        foreach (NetfilterChain chain in all)
        {
            for (int i = 0; i < chain.Count; i++)
            {
                NetfilterRule rule = chain[i];
                foreach (JumpAction jump in Jumps(rule))
                {
                    if (jump.To is null && !chain.Table.IsPartial)
                    {
                        yield return Problem(RulesetErrorId.ChainMissing, rule,
                            $"chain {jump.Chain} is missing from table {chain.Table.Name}: the text may be cut, or "
                            + $"only part of it");
                    }
                }
            }
        }

        foreach (NetfilterRule rule in LoopFinder.Find(all))
        {
            yield return Problem(RulesetErrorId.JumpLoop, rule,
                $"this jump to {rule.Target} leads back to chain {rule.Chain}: a loop, which no kernel accepts");
        }
    }

    /// <summary>The chains that a rule may jump to.</summary>
    public static IEnumerable<JumpAction> Jumps(NetfilterRule rule)
    {
        // A look at -j alone: half a million rules are not decoded for this.
        if (rule is IptablesRule iptables)
        {
            if (iptables.Jump is { } only)
            {
                yield return only;
            }

            yield break;
        }

        foreach (RuleOp op in rule.Program.Ops)
        {
            if (op is JumpAction jump)
            {
                yield return jump;
            }
            else if (op is VerdictMapAction { Entries: { } entries })
            {
                foreach ((RuleCondition _, RuleAction action) in entries)
                {
                    if (action is JumpAction mapped)
                    {
                        yield return mapped;
                    }
                }
            }
        }
    }

    // In the order of the walk: a chain, then what its first jump leads to, then its second. Not by recursion: a text
    // may nest jumps without end.
    private static IEnumerable<NetfilterChain> From(NetfilterChain first, HashSet<NetfilterChain> seen)
    {
        var open = new Stack<NetfilterChain>();
        open.Push(first);
        while (open.TryPop(out NetfilterChain? chain))
        {
            if (!seen.Add(chain))
            {
                continue;
            }

            yield return chain;
            var targets = new List<NetfilterChain>();
            for (int i = 0; i < chain.Count; i++)
            {
                targets.AddRange(Jumps(chain[i]).Select(static j => j.To).OfType<NetfilterChain>()
                    .Where(t => !seen.Contains(t)));
            }

            for (int i = targets.Count - 1; i >= 0; i--)
            {
                open.Push(targets[i]);
            }
        }
    }

    private static RulesetProblem Problem(string errorId, NetfilterRule rule, string reason) =>
        new(errorId, rule.Owner.Table.Path, rule.Line, rule.Text, reason);
}
