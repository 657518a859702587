namespace VxlanCsum.Causes;

/// <summary>
/// Which change of an address was to be expected: one of the addresses that the capture or the operator names, one of
/// the same network, or any.
/// </summary>
internal sealed class DeltaPrior
{
    private const double Likely = 0.35, Seen = 0.1, Near = 0.12;
    private readonly IReadOnlyList<OriginCandidate> _candidates;
    private readonly double _logLikely, _logSeen;

    public DeltaPrior(IReadOnlyList<OriginCandidate> candidates)
    {
        _candidates = candidates;
        int likely = candidates.Count(static c => c.IsLikely), seen = candidates.Count - likely;
        _logLikely = Math.Log(Likely / Math.Max(1, likely));
        _logSeen = Math.Log(Seen / Math.Max(1, seen));
        LogNear = Math.Log(Near);
        LogAny = Math.Log(1 - Near - (likely > 0 ? Likely : 0) - (seen > 0 ? Seen : 0));
    }

    /// <summary>That it is a neighbour (then of 510 one), and that it is any (of 65,535).</summary>
    public double LogNear { get; }
    public double LogAny { get; }

    public double LogOf(OriginCandidate candidate) => candidate.IsLikely ? _logLikely : _logSeen;

    /// <summary>The logarithm of that expectation.</summary>
    /// <param name="fits">Whether an old address explains what was seen.</param>
    /// <param name="change">The change of address (mod 65535) that does.</param>
    /// <param name="origin">The first candidate that does; null where none.</param>
    public double Of(Func<HostId, bool> fits, int change, out OriginCandidate? origin)
    {
        origin = null;
        double sum = LogAny + Weights.OneValue;
        if (Weights.IsNear(change))
        {
            sum = Weights.Add(sum, LogNear - Math.Log(510));
        }

        foreach (OriginCandidate candidate in _candidates)
        {
            if (fits(candidate.Address))
            {
                origin ??= candidate;
                sum = Weights.Add(sum, LogOf(candidate));
            }
        }

        return sum;
    }
}
