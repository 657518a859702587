namespace VxlanCsum.Causes;

/// <summary>Tells of most flows, in a few cycles, that they are none of those that were added: they are many, and a
/// dictionary of them is not near the processor.</summary>
internal sealed class FlowFilter
{
    private const int Bits = 20;
    private readonly ulong[] _bits = new ulong[1 << (Bits - 6)];

    public static FlowFilter Of(Dictionary<FlowKey, FlowTrace>.KeyCollection flows)
    {
        FlowFilter filter = new();
        foreach (FlowKey flow in flows)
        {
            filter.Add(in flow);
        }

        return filter;
    }

    public void Add(in FlowKey flow)
    {
        uint bit = Bit(flow.GetHashCode());
        _bits[bit >> 6] |= 1UL << (int)(bit & 63);
    }

    /// <summary>False of none that was added.</summary>
    /// <param name="hash">Of the flow.</param>
    public bool MayHold(int hash)
    {
        uint bit = Bit(hash);
        return (_bits[bit >> 6] & (1UL << (int)(bit & 63))) != 0;
    }

    private static uint Bit(int hash) => (uint)hash >> (32 - Bits);
}
