using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Walking;

/// <summary>Finds the jumps that close a circle, without recursion.</summary>
internal static class LoopFinder
{
    /// <summary>One rule for each circle found: the one that leads back.</summary>
    public static IEnumerable<NetfilterRule> Find(IReadOnlyList<NetfilterChain> chains)
    {
        var done = new HashSet<NetfilterChain>();
        var calling = new HashSet<NetfilterChain>();
        foreach (NetfilterChain start in chains)
        {
            if (done.Contains(start))
            {
                continue;
            }

            var path = new Stack<IEnumerator<(NetfilterRule Rule, NetfilterChain To)>>();
            var names = new Stack<NetfilterChain>();
            Enter(start);
            while (path.TryPeek(out IEnumerator<(NetfilterRule Rule, NetfilterChain To)>? jumps))
            {
                if (!jumps.MoveNext())
                {
                    path.Pop().Dispose();
                    NetfilterChain left = names.Pop();
                    calling.Remove(left);
                    done.Add(left);
                }
                else if (calling.Contains(jumps.Current.To))
                {
                    yield return jumps.Current.Rule;
                }
                else if (!done.Contains(jumps.Current.To))
                {
                    Enter(jumps.Current.To);
                }
            }

            void Enter(NetfilterChain chain)
            {
                calling.Add(chain);
                names.Push(chain);
                path.Push(Jumps(chain).GetEnumerator());
            }
        }
    }

    private static IEnumerable<(NetfilterRule Rule, NetfilterChain To)> Jumps(NetfilterChain chain)
    {
        for (int i = 0; i < chain.Count; i++)
        {
            foreach (JumpAction jump in ChainGraph.Jumps(chain[i]))
            {
                if (jump.To is { } to)
                {
                    yield return (chain[i], to);
                }
            }
        }
    }
}
