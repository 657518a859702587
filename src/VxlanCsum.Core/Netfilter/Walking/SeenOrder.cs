namespace VxlanCsum.Netfilter.Walking;

/// <summary>Which of two backends the kernel asks first, as their counters showed.</summary>
/// <param name="Family">Whose rules.</param>
/// <param name="First">Asked first.</param>
/// <param name="Second">Asked of what the first left alone.</param>
/// <param name="FirstPackets">New connections that went through nat POSTROUTING of the first, at least.</param>
/// <param name="SecondPackets">The same of the second, at most.</param>
internal sealed record SeenOrder(NetfilterFamily Family, NetfilterBackend First, NetfilterBackend Second,
    long FirstPackets, long SecondPackets)
{
    /// <summary>
    /// The one asked second sees what the one asked first lets pass, and never more (nf_nat_inet_fn). So if one saw
    /// more than the other did in a time that holds all of its own, it is the first.
    /// </summary>
    /// <param name="family">Whose rules.</param>
    /// <param name="a">A backend.</param>
    /// <param name="countsOfA">Its nat POSTROUTING before and after the other was read, each time: four.</param>
    /// <param name="b">The other.</param>
    /// <param name="countsOfB">Its nat POSTROUTING, each time: two.</param>
    /// <returns>Null where the counters do not tell: no packet was translated meanwhile, or they have none.</returns>
    public static SeenOrder? Of(NetfilterFamily family, NetfilterBackend a, IReadOnlyList<ChainCount> countsOfA,
        NetfilterBackend b, IReadOnlyList<ChainCount> countsOfB)
    {
        long? atMostA = countsOfA[0].AtMost(countsOfA[3]), atLeastA = countsOfA[1].AtLeast(countsOfA[2]),
            atMostB = countsOfB[0].AtMost(countsOfB[1]), atLeastB = countsOfB[0].AtLeast(countsOfB[1]);
        return (atLeastA > atMostB, atLeastB > atMostA) switch
        {
            (true, false) => new SeenOrder(family, a, b, atLeastA!.Value, atMostB!.Value),
            (false, true) => new SeenOrder(family, b, a, atLeastB!.Value, atMostA!.Value),
            _ => null,
        };
    }

    /// <summary>The walk with the order that is known.</summary>
    public static TraceRequest Apply(IReadOnlyList<SeenOrder> seen, TraceRequest walk)
    {
        NetfilterFamily[] families = [walk.Family, walk.TunnelFamily ?? walk.Family];
        NetfilterBackend[][] orders = [.. families.Distinct()
            .Select(f => seen.FirstOrDefault(s => s.Family == f))
            .Select(static s => s is null ? Array.Empty<NetfilterBackend>() : [s.First, s.Second])];
        return walk.BackendOrder.Count == 0 && Array.TrueForAll(orders, o => o.Length > 0 && o[0] == orders[0][0])
            ? walk with { BackendOrder = orders[0] } : walk;
    }
}
