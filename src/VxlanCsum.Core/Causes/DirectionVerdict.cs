namespace VxlanCsum.Causes;

/// <summary>What the analysis decided about a direction; the words come after.</summary>
internal sealed record DirectionVerdict(Belief Belief)
{
    public ChecksumCause Cause => Belief.Cause;

    public double Confidence => Belief.Confidence;

    /// <summary>Another cause is likely enough to be named in the first sentence.</summary>
    public bool IsUnsure => Confidence < 0.95;

    /// <summary>The best explanation of the outer faults; null where there are none.</summary>
    public OuterVerdict? Outer { get; init; }

    /// <summary>The outer faults carry the cause, not those inside.</summary>
    public bool IsOuter { get; init; }

    /// <summary>Inner or untunnelled flows, with the address or port for which their checksum is right; empty where
    /// that is not believed.</summary>
    public IReadOnlyList<StaleName> Stale { get; init; } = [];

    /// <summary>The one difference of all flows inside; null where there is none.</summary>
    public int? InnerDelta { get; init; }
    public CaptureVantage Vantage { get; init; }

    /// <summary>The opposite direction shows unfinished checksums, too.</summary>
    public bool BothUnfinished { get; init; }

    /// <summary>Unfinished packets got an answer: so they arrived whole.</summary>
    public bool Answered { get; init; }

    /// <summary>Flows with unfinished packets of which nothing came back, though the way back was captured.</summary>
    public int UnansweredFlows { get; init; }

    /// <summary>An unfinished inner checksum where it should have been completed: class C, the device and not
    /// NAT.</summary>
    public bool UnfinishedOnWire { get; init; }

    /// <summary>The same, as far as the capture shows: a virtual link would explain it, but then there would be
    /// answers.</summary>
    public bool IsUnfinishedOnArrival =>
        UnfinishedOnWire && !Answered && Cause is (ChecksumCause.OffloadPending or ChecksumCause.LcoPending);

    public bool SnatSuspected { get; init; }

    /// <summary>Of a direction with bad packets.</summary>
    public static DirectionVerdict OfFaults(Direction direction, Direction? opposite, CaptureMap map,
        List<Direction> all, PortRange range, Func<FlowKey, long> right)
    {
        List<OuterVerdict> outer = direction.Outer.Count > 0 ? Weigh(direction, opposite, map, all, range) : [];
        List<InnerVerdict> inner = direction.Inner.Count > 0 ? new InnerWeighing(direction.Inner, map, right).Weigh()
            : [];
        Belief? outside = outer.Count == 0 ? null
            : Belief.Of(outer.ConvertAll(static v => new Explanation(v.Cause, v.Weight)));
        Belief? inside = inner.Count == 0 ? null
            : Belief.Of(inner.ConvertAll(static v => new Explanation(v.Cause, v.Weight)));
        bool isOuter = ToldByOuter(direction, outside, inside);
        Belief belief = isOuter ? outside! : inside!;
        bool stale = inside is { Cause: ChecksumCause.StaleAfterNat };
        bool translated = belief.Cause is ChecksumCause.NatZeroChecksum or ChecksumCause.NatLocalChecksum;
        return new DirectionVerdict(belief)
        {
            Outer = outer.Where(v => v.Cause == outside!.Cause).MaxBy(static v => v.Weight),
            IsOuter = isOuter,
            Stale = stale ? StaleNames.Of(direction.Inner, map) : [],
            InnerDelta = stale ? inner.MaxBy(static v => v.Weight).Delta : null,
            SnatSuspected = translated || direction.SnatSuspected,
        };
    }

    private static List<OuterVerdict> Weigh(Direction direction, Direction? opposite, CaptureMap map,
        List<Direction> all, PortRange range)
    {
        List<OriginCandidate> candidates = OriginCandidates.Of(direction, map, all);
        return new OuterWeighing(direction, DirectionSetting.Of(direction, opposite, candidates), candidates, range,
            map.Bindings).Weigh();
    }

    /// <summary>The outer checksums name the cause, not the inner ones.</summary>
    private static bool ToldByOuter(Direction direction, Belief? outside, Belief? inside) =>
        outside is not null
            && (inside is null || direction.Outer.Count >= direction.Inner.Count
                || outside is { Cause: not ChecksumCause.Corrupted, Confidence: > 0.9 });

    /// <summary>Of a direction without.</summary>
    public static DirectionVerdict OfInnocent(Direction direction, UnfinishedSetting setting)
    {
        Belief belief = direction.Pending > 0 ? setting.Weigh(direction) : OfVerified(direction);
        return new DirectionVerdict(belief) { SnatSuspected = direction.SnatSuspected };
    }

    /// <summary>That the packets which could not be verified are as right as those that could: the rule of
    /// succession.</summary>
    private static Belief OfVerified(Direction direction)
    {
        if (direction.Judged == 0 || direction.Judged < direction.Unverified)
        {
            return Belief.Certain(ChecksumCause.NotVerifiable);
        }

        return direction.Unverified == 0
            ? Belief.Certain(ChecksumCause.None)
            : Belief.Of(ChecksumCause.None, (direction.Judged + 1.0) / (direction.Judged + direction.Unverified + 1),
                ChecksumCause.NotVerifiable);
    }
}
