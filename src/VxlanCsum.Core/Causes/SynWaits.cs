namespace VxlanCsum.Causes;

/// <summary>SYNs that were sent again, and whether they were answered. Bounded, whatever comes.</summary>
/// <typeparam name="TFlow">What tells connections apart.</typeparam>
internal sealed class SynWaits<TFlow>
    where TFlow : notnull
{
    private const int Most = 10_000;

    /// <summary>One packet seen at two places comes at once; a retransmission takes 0.2 s at least.</summary>
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(0.2);

    private readonly Dictionary<TFlow, SynWait> _syns = [];
    private readonly HashSet<TFlow> _answered = [];

    public void Syn(TFlow flow, TimeSpan time)
    {
        if (_syns.TryGetValue(flow, out SynWait? seen))
        {
            _syns[flow] = time - seen.Last > s_shortest ? seen with { Last = time, Count = seen.Count + 1 } : seen;
        }
        else if (_syns.Count < Most)
        {
            _syns.Add(flow, new SynWait(time, time, 1));
        }
    }

    /// <param name="flow">As its SYN names it.</param>
    public void Answer(TFlow flow)
    {
        if (_answered.Count < Most)
        {
            _answered.Add(flow);
        }
    }

    /// <summary>What the SYNs come to, beside pings that were answered.</summary>
    /// <param name="replies">Of pings.</param>
    /// <param name="name">Says which connection it is; escaped.</param>
    public IEnumerable<PacketSign> Signs(long replies, Func<TFlow, string> name)
    {
        foreach ((TFlow flow, SynWait wait) in _syns.Where(static s => s.Value.Count > 1).Take(1))
        {
            yield return PacketSign.SynSentAgain(name(flow), wait.Count, wait.Last - wait.First,
                _answered.Contains(flow));
        }

        if (replies > 0 && _syns.Count > 0 && !_syns.Keys.Any(_answered.Contains))
        {
            yield return PacketSign.IcmpPassesTcpDoesNot(replies, _syns.Count);
        }
    }

    private sealed record SynWait(TimeSpan First, TimeSpan Last, int Count);
}
