using VxlanCsum.Captures;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

internal readonly record struct DirectionKey(TunnelType Tunnel, HostId Source, HostId Destination);

/// <summary>Everything that is counted and remembered of one tunnel direction, or of one host's packets outside of
/// tunnels.</summary>
/// <remarks>All of it are sums or sets, so that parts of one direction can be merged.</remarks>
internal sealed class Direction(DirectionKey key, AnalysisBudget budget, BrokenFlows flows)
{
    /// <summary>Longer transport packets may have been merged on arrival (GRO), which leaves a seed too: they do not
    /// tell the vantage.</summary>
    private const int LongestUnmerged = 1500;
    private const int SamplesPerKind = 3;

    /// <summary>Distinct seeds that settle the question; more need not be remembered.</summary>
    private const int MostSeeds = 64;

    private readonly HashSet<BrokenFlow> _broken = [];

    /// <summary>Of the packet before: most are alike, and need not be looked up.</summary>
    private int _lastPath = -1, _lastVni = -1;
    private readonly int[] _sampled = new int[Enum.GetValues<EvidenceKind>().Length];

    public DirectionKey Key { get; } = key;
    public long Packets { get; private set; }
    public long Bad { get; private set; }
    public long Right { get; private set; }
    public long Pending { get; private set; }
    public long Unverified { get; private set; }

    /// <summary>Bad packets of inner flows beyond those that are followed to see whether they heal.</summary>
    public long Unfollowed { get; private set; }

    /// <summary>Packets of inner flows beyond those whose answers are looked for.</summary>
    public long Untraced { get; set; }

    /// <summary>Unverified packets of which the inside could, and is right: text without a verdict on the tunnel.</summary>
    public long InnerRightOnly { get; private set; }

    /// <summary>Packets of which at least one checksum could be judged.</summary>
    public long Judged { get; private set; }

    /// <summary>What the outer UDP checksums look like.</summary>
    public long OuterRight { get; private set; }
    public long OuterAbsent { get; private set; }
    public long OuterLocal { get; private set; }

    /// <summary>Right (also once the inside is completed) and absent ones of packets that offloading could complete:
    /// what the defects spare.</summary>
    public long OuterRightLocal { get; private set; }
    public long OuterAbsentLocal { get; private set; }

    /// <summary>Packets that passed a router, by their TTL.</summary>
    public long Routed { get; private set; }

    /// <summary>Unfinished packets that passed a router, by their TTL: so they were on a wire.</summary>
    public long RoutedSeeds { get; private set; }

    /// <summary>Outer checksums that are right for an inner packet which still has its seed: the tunnel was finished
    /// and its content forgotten.</summary>
    public long OuterRightOverSeed { get; private set; }

    /// <summary>Unfinished and finished TCP and UDP checksums of packets that no offload has merged; unfinished ones of
    /// longer packets.</summary>
    public long SmallSeeds { get; private set; }
    public long SmallComplete { get; private set; }
    public long LongSeeds { get; private set; }
    public long SuperPackets { get; private set; }
    public long HeaderZero { get; private set; }

    /// <summary>TCP checksums of zero: no seed, and no damage.</summary>
    public long NeverFilled { get; private set; }
    public ushort TunnelPort { get; private set; }
    public SortedSet<int> Vnis { get; } = [];
    public SourcePorts Ports { get; } = new();
    public OuterFaults Outer { get; } = new(budget);
    public InnerFaults Inner { get; } = new(budget);

    /// <summary>Distinct field values of seeds: each is a match of its own.</summary>
    public HashSet<uint> SeedValues { get; } = [];

    /// <summary>Addresses that inner packets come from: tunnel and pod addresses of the sending node.</summary>
    public HashSet<HostId> InnerSources { get; } = [];
    public IReadOnlyCollection<BrokenFlow> Broken => _broken;
    public HashSet<int> Paths { get; } = [];
    public List<Sample> Samples { get; } = [];
    public VerdictTimeline Timeline { get; } = new();

    /// <summary>Why packets could not be verified.</summary>
    public SortedDictionary<LayerReason, long> UnverifiedReasons { get; } = [];

    /// <summary>Packets that could not be verified because they were not captured whole.</summary>
    public long Cut => UnverifiedReasons.GetValueOrDefault(LayerReason.Truncated)
        + UnverifiedReasons.GetValueOrDefault(LayerReason.BeyondCapture);

    /// <summary>Its outer source ports look translated; those of loopback are what a program bound.</summary>
    public bool SnatSuspected => Ports.SnatSuspected && !Key.Source.IsLoopback;

    /// <summary>No packet of it was bad.</summary>
    public bool IsFaultless => Bad == 0;

    public void Add(in Observation seen, PortRange range)
    {
        Packets++;
        if (seen.Path != _lastPath)
        {
            _lastPath = seen.Path;
            Paths.Add(seen.Path);
        }

        CountSetup(in seen, range);

        bool outerBad = seen.HasOuter && seen.Outer.Status == ChecksumStatus.Bad;
        if (outerBad || seen.HasDamaged)
        {
            Bad++;
            Judged++;
            if (seen.HasDamaged)
            {
                Inner.Add(in seen);
            }
            else
            {
                Outer.Add(in seen);
            }

            Follow(in seen);

            Timeline.Add(seen.TimestampNanoseconds, 0, 0, 0, 1);
            return;
        }

        // An IPv4 header that verifies says nothing about what it carries; an outer UDP checksum that does covers all
        // inside.
        if (seen.Worst == ChecksumStatus.Unverified && !seen.AnyPartial
            && !(seen.HasOuter && seen.Outer.Status == ChecksumStatus.Good))
        {
            Unverified++;
            InnerRightOnly += seen.HasOuter && seen.Outer.Status == ChecksumStatus.Unverified && seen.HasInner
                && seen.Inner.Status == ChecksumStatus.Good ? 1 : 0;
            Timeline.Add(seen.TimestampNanoseconds, 0, 0, 1, 0);
            NoteUnverified(in seen);
            return;
        }

        Judged++;
        bool isPending = seen.AnyPartial || seen.HeaderZero;
        Timeline.Add(seen.TimestampNanoseconds, isPending ? 0 : 1, isPending ? 1 : 0, 0, 0);
        if (isPending)
        {
            Pending++;
            CountPending(in seen);
        }
        else
        {
            Right++;
        }

        flows.Heal(in seen);
    }

    /// <summary>Counted in the object as well: a packet whose flow has no room is not said to have got
    /// through or not.</summary>
    private void Follow(in Observation seen)
    {
        if (Key.Tunnel == TunnelType.None)
        {
            return;
        }

        if (flows.Break(in seen) is { } flow
            && (_broken.Contains(flow) || _broken.Count < AnalysisBudget.FlowsPerDirection))
        {
            _broken.Add(flow);
        }
        else
        {
            Unfollowed++;
        }
    }

    /// <summary>Takes over what another part of the capture saw of the same direction, or of another that is no longer
    /// told apart.</summary>
    public void Merge(Direction other)
    {
        Packets += other.Packets;
        Bad += other.Bad;
        Right += other.Right;
        Pending += other.Pending;
        Unverified += other.Unverified;
        InnerRightOnly += other.InnerRightOnly;
        Unfollowed += other.Unfollowed;
        Untraced += other.Untraced;
        Judged += other.Judged;
        MergeOuter(other);
        SmallSeeds += other.SmallSeeds;
        SmallComplete += other.SmallComplete;
        LongSeeds += other.LongSeeds;
        SuperPackets += other.SuperPackets;
        HeaderZero += other.HeaderZero;
        NeverFilled += other.NeverFilled;
        TunnelPort = other.TunnelPort == 0 ? TunnelPort : other.TunnelPort;
        Vnis.UnionWith(other.Vnis.Take(AnalysisBudget.VnisPerDirection - Vnis.Count));
        SeedValues.UnionWith(other.SeedValues.Take(MostSeeds - SeedValues.Count));
        InnerSources.UnionWith(other.InnerSources.Take(AnalysisBudget.VnisPerDirection - InnerSources.Count));
        Paths.UnionWith(other.Paths);
        _broken.UnionWith(other._broken.Select(flows.Of).Take(AnalysisBudget.FlowsPerDirection - _broken.Count));
        Ports.Merge(other.Ports);
        Timeline.Merge(other.Timeline);
        foreach ((LayerReason reason, long count) in other.UnverifiedReasons)
        {
            UnverifiedReasons[reason] = UnverifiedReasons.GetValueOrDefault(reason) + count;
        }

        foreach (Sample sample in other.Samples)
        {
            Take(sample);
        }
    }

    /// <summary>Gives its paths the numbers that another analysis has for them.</summary>
    public void Renumber(int[] paths)
    {
        _lastPath = -1;
        int[] own = [.. Paths.Select(p => paths[p])];
        Paths.Clear();
        Paths.UnionWith(own);
        for (int i = 0; i < Samples.Count; i++)
        {
            Samples[i] = Samples[i] with { Path = paths[Samples[i].Path] };
        }

        Outer.Renumber(paths);
        Inner.Renumber(paths);
        Ports.Renumber(paths);
    }

    private void MergeOuter(Direction other)
    {
        OuterRight += other.OuterRight;
        OuterAbsent += other.OuterAbsent;
        OuterLocal += other.OuterLocal;
        OuterRightLocal += other.OuterRightLocal;
        OuterAbsentLocal += other.OuterAbsentLocal;
        OuterRightOverSeed += other.OuterRightOverSeed;
        RoutedSeeds += other.RoutedSeeds;
        Routed += other.Routed;
        Outer.Merge(other.Outer);
        Inner.Merge(other.Inner);
    }

    private void CountSetup(in Observation seen, PortRange range)
    {
        if (seen.Vni >= 0 && seen.Vni != _lastVni && Vnis.Count < AnalysisBudget.VnisPerDirection)
        {
            _lastVni = seen.Vni;
            Vnis.Add(seen.Vni);
        }

        if (seen.HasOuter)
        {
            TunnelPort = seen.OuterDestinationPort;
            OuterRight += seen.Outer.Status == ChecksumStatus.Good ? 1 : 0;
            OuterAbsent += seen.Outer.Status == ChecksumStatus.NotPresent ? 1 : 0;
            CountSpared(in seen);
        }

        Ports.Add(in seen, range);
        Routed += seen.IsRouted ? 1 : 0;
        SuperPackets += seen.SuperPacket ? 1 : 0;
        HeaderZero += seen.HeaderZero ? 1 : 0;
        if (seen.Tunnel != TunnelType.None && InnerSources.Count < AnalysisBudget.VnisPerDirection
            && !seen.Flow.Source.IsNone && seen.Flow.Source != seen.OuterSource)
        {
            InnerSources.Add(seen.Flow.Source);
        }

        if (seen.HasInner && seen.Inner.Protocol is ChecksumProtocol.Tcp or ChecksumProtocol.Udp
            && seen.Inner.Length <= LongestUnmerged)
        {
            SmallComplete += seen.Inner.Status == ChecksumStatus.Good ? 1 : 0;
            SmallSeeds += seen.Inner.Status == ChecksumStatus.Partial && seen.Inner.Reason != LayerReason.NeverFilled
                ? 1 : 0;
        }
        else if (seen.HasInner)
        {
            LongSeeds += seen.Inner.Status == ChecksumStatus.Partial ? 1 : 0;
        }
    }

    private void CountPending(in Observation seen)
    {
        if (seen.SuperPacket)
        {
            Take(EvidenceKind.SuperPacket, in seen, seen.HasOuter ? seen.Outer : seen.Inner);
        }

        bool innerSeed = seen.HasInner && seen.Inner.Status == ChecksumStatus.Partial
            && seen.Inner.Reason != LayerReason.NeverFilled;
        NeverFilled += seen.HasInner && seen.Inner.Reason == LayerReason.NeverFilled ? 1 : 0;
        RoutedSeeds += innerSeed && seen.IsRouted ? 1 : 0;
        if (innerSeed)
        {
            NoteSeed(in seen, in seen.Inner);
        }

        if (!seen.HasOuter)
        {
            return;
        }

        if (innerSeed && seen.Outer.Status == ChecksumStatus.Good)
        {
            OuterRightOverSeed++;
            Take(EvidenceKind.UnfinishedOnWire, in seen, seen.Inner);
        }
        else if (seen.Outer.Status == ChecksumStatus.Partial && seen.Outer.Reason == LayerReason.Lco)
        {
            OuterLocal++;
            Take(EvidenceKind.LocalChecksum, in seen, seen.Outer);
        }
        else if (seen.Outer.Status == ChecksumStatus.Partial)
        {
            // The tunnel header of a packet without TCP or UDP inside is itself left to the device.
            SmallSeeds += !innerSeed && seen.Outer.Length <= LongestUnmerged ? 1 : 0;
            NoteSeed(in seen, in seen.Outer);
        }
    }

    private void NoteSeed(in Observation seen, in LayerRecord layer)
    {
        if (SeedValues.Count < MostSeeds)
        {
            SeedValues.Add(layer.Found);
        }

        Take(EvidenceKind.Seed, in seen, layer);
    }

    private void CountSpared(in Observation seen)
    {
        if (seen.HasDamaged || !OuterFaults.CouldBePartial(in seen))
        {
            return;
        }

        bool right = seen.Outer.Status == ChecksumStatus.Good
            || (seen.Outer.Status == ChecksumStatus.Partial && seen.Outer.Reason == LayerReason.Lco);
        OuterRightLocal += right ? 1 : 0;
        OuterAbsentLocal += seen.Outer.Status == ChecksumStatus.NotPresent ? 1 : 0;
    }

    private void NoteUnverified(in Observation seen)
    {
        LayerRecord layer = seen.HasInner && seen.Inner.Status == ChecksumStatus.Unverified ? seen.Inner
            : seen.HasOuter && seen.Outer.Status == ChecksumStatus.Unverified ? seen.Outer
            : new LayerRecord { Reason = seen.UnverifiedReason };
        UnverifiedReasons[layer.Reason] = UnverifiedReasons.GetValueOrDefault(layer.Reason) + 1;
        Take(EvidenceKind.Unverifiable, in seen, layer);
    }

    private void Take(EvidenceKind kind, in Observation seen, LayerRecord layer)
    {
        if (_sampled[(int)kind] < SamplesPerKind)
        {
            Take(new Sample(kind, seen.Path, seen.FrameNumber, layer));
        }
    }

    private void Take(Sample sample)
    {
        if (_sampled[(int)sample.Kind] < SamplesPerKind)
        {
            _sampled[(int)sample.Kind]++;
            Samples.Add(sample);
        }
    }
}

/// <summary>A packet kept as an example of something innocent.</summary>
internal readonly record struct Sample(EvidenceKind Kind, int Path, long Frame, LayerRecord Layer);
