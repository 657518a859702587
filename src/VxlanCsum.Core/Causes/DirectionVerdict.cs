namespace VxlanCsum.Causes;

/// <summary>What the analysis decided about a direction; the words come after.</summary>
internal sealed record DirectionVerdict(ChecksumCause Cause, double LogChance)
{
    /// <summary>What became of the outer faults; null where there are none.</summary>
    public OuterVerdict? Outer { get; init; }

    /// <summary>Inner or untunnelled flows whose checksum is right for another address or port.</summary>
    public IReadOnlyList<StaleName> Stale { get; init; } = [];
    public CaptureVantage Vantage { get; init; }

    /// <summary>The opposite direction shows unfinished checksums, too.</summary>
    public bool BothUnfinished { get; init; }

    /// <summary>Unfinished packets got an answer: so they arrived whole.</summary>
    public bool Answered { get; init; }

    /// <summary>An unfinished inner checksum where it should have been completed: class C, the device and not NAT.</summary>
    public bool UnfinishedOnWire { get; init; }

    /// <summary>The same, as far as the capture shows: a virtual link would explain it, but then there would be answers.</summary>
    public bool IsUnfinishedOnArrival => UnfinishedOnWire && !Answered && Cause is (ChecksumCause.OffloadPending or ChecksumCause.LcoPending);

    public bool SnatSuspected { get; init; }

    public static DirectionVerdict Of(Direction direction, CaptureMap map, IReadOnlyCollection<Direction> all, PortRange range)
    {
        OuterVerdict? outer = direction.Outer.Count == 0 ? null : OfOuter(direction, OriginCandidates.Of(direction, map, all), range);
        IReadOnlyList<StaleName> stale = direction.Inner.Count == 0 ? [] : StaleTest.Evaluate(direction.Inner, map);
        DirectionVerdict verdict = Decide(direction, outer, stale) with { Outer = outer, Stale = stale };
        bool translated = verdict.Cause is ChecksumCause.NatZeroChecksum or ChecksumCause.NatLocalChecksum
            || (outer is { Cause: ChecksumCause.StaleAfterNat, IsDestination: false });
        return verdict with { SnatSuspected = translated || direction.Ports.SnatSuspected };
    }

    private static OuterVerdict OfOuter(Direction direction, List<OriginCandidate> candidates, PortRange range)
    {
        OuterVerdict local = LocalTest.Evaluate(direction, candidates, range);
        OuterVerdict? constant = ConstantTest.Evaluate(direction, candidates);
        return constant is not null && (local.Mechanism == OuterMechanism.None || constant.LogChance <= local.LogChance) ? constant : local;
    }

    private static DirectionVerdict Decide(Direction direction, OuterVerdict? outer, IReadOnlyList<StaleName> stale)
    {
        if (outer is { Mechanism: not OuterMechanism.None })
        {
            return new(outer.Cause, outer.LogChance);
        }

        // Of faults inside, what explains most of them.
        if (stale.Count > 0 && stale.Sum(static s => s.Flow.Packets) * 2 >= direction.Inner.Count && direction.Inner.Count >= direction.Outer.Count)
        {
            return new(ChecksumCause.StaleAfterNat, stale.Sum(static s => s.LogChance));
        }

        if (direction.Bad > 0)
        {
            return new(ChecksumCause.Corrupted, Unexplained(direction));
        }

        if (direction.Pending > 0)
        {
            // Each distinct value of a seed is a match of its own; where the source is a mere name, the first one only sets its sum.
            int matches = direction.SeedValues.Count - (direction.Key.Source.IsAddress ? 0 : 1);
            matches = Math.Max(matches, direction.HeaderZero > 0 ? 1 : 0);
            return new(direction.OuterLocal > 0 ? ChecksumCause.LcoPending : ChecksumCause.OffloadPending, matches * Chance.LogOneValue);
        }

        return direction.Judged == 0
            ? new(ChecksumCause.NotVerifiable, double.NegativeInfinity)
            : new(ChecksumCause.None, double.NegativeInfinity);
    }

    /// <summary>How surely no mechanism explains it: an address that the capture does not show could still, unless packets of one flow contradict each other.</summary>
    private static double Unexplained(Direction direction)
    {
        bool contradicted = direction.Outer.Bindings.Exists(static b => b.Disagreeing > 0)
            || direction.Inner.Flows.Exists(static f => f.Disagreeing > 0 || !f.CanBeStale)
            || direction.Inner.YoungerThanTunnel > 0;
        return contradicted ? Chance.LogOneValue : Math.Log(0.5);
    }
}
