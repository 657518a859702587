using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>Packets that could not be verified, by why.</summary>
internal sealed class UnverifiedCounts
{
    private readonly long[] _counts = new long[(int)LayerReason.NotOpened + 1];

    public long this[LayerReason reason] => _counts[(int)reason];

    /// <summary>The reasons that occurred, in their order.</summary>
    public IEnumerable<LayerReason> Reasons
    {
        get
        {
            for (int i = 0; i < _counts.Length; i++)
            {
                if (_counts[i] > 0)
                {
                    yield return (LayerReason)i;
                }
            }
        }
    }

    /// <summary>None where there are no such packets.</summary>
    public LayerReason Commonest
    {
        get
        {
            int most = 0;
            for (int i = 1; i < _counts.Length; i++)
            {
                most = _counts[i] > _counts[most] ? i : most;
            }

            return (LayerReason)most;
        }
    }

    public void Add(LayerReason reason) => _counts[(int)reason]++;

    public void Merge(UnverifiedCounts other)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }
    }
}
