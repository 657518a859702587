using VxlanCsum.Captures.Templates;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>
/// Everything of one tunnel direction, or of one host's packets outside of tunnels, that is a sum, or the first few of
/// something: what is counted of parts of a capture can be added, and gives what is counted of the whole.
/// </summary>
internal class DirectionSums(DirectionKey key)
{
    /// <summary>Longer transport packets may have been merged on arrival (GRO), which leaves a seed too: they do not
    /// tell the vantage.</summary>
    public const int LongestUnmerged = 1500;
    private const int SamplesPerKind = 3;
    private const int Kinds = (int)EvidenceKind.Sample + 1;

    /// <summary>Distinct seeds that settle the question; more need not be remembered.</summary>
    private const int MostSeeds = 64;

    /// <summary>Of the packet before: most are alike, and need not be looked up.</summary>
    private int _lastPath = -1, _lastVni = -1;
    private long _tunnelPortOrder = long.MaxValue;
    private readonly int[] _sampled = new int[Kinds];

    public DirectionKey Key { get; } = key;
    public long Packets { get; private set; }
    public long Bad { get; private set; }
    public long Right { get; private set; }
    public long Pending { get; private set; }
    public long Unverified { get; private set; }

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
    public FirstSeen<int> Vnis { get; } = new(AnalysisBudget.VnisPerDirection);
    public SourcePorts Ports { get; } = new();

    /// <summary>Distinct field values of seeds: each is a match of its own.</summary>
    public FirstSeen<uint> SeedValues { get; } = new(MostSeeds);

    /// <summary>Addresses that inner packets come from: tunnel and pod addresses of the sending node.</summary>
    public FirstSeen<HostId> InnerSources { get; } = new(AnalysisBudget.VnisPerDirection);
    public HashSet<int> Paths { get; } = [];
    public List<Sample> Samples { get; } = [];
    public VerdictTimeline Timeline { get; } = new();

    /// <summary>Why packets could not be verified.</summary>
    public UnverifiedCounts UnverifiedReasons { get; } = new();

    /// <summary>Packets that could not be verified because they were not captured whole.</summary>
    public long Cut => UnverifiedReasons[LayerReason.Truncated] + UnverifiedReasons[LayerReason.BeyondCapture];

    /// <summary>Its outer source ports look translated; those of loopback are what a program bound.</summary>
    public bool SnatSuspected => Ports.SnatSuspected && !Key.Source.IsLoopback;

    /// <summary>No packet of it was bad.</summary>
    public bool IsFaultless => Bad == 0;

    /// <summary>Counts a packet; what is wrong with a bad one is for <see cref="Direction.AddFault"/>.</summary>
    /// <returns>Whether it was right in all it carries, or merely unfinished.</returns>
    public bool Count(in Observation seen, PortRange range)
    {
        Packets++;
        if (seen.Path != _lastPath)
        {
            _lastPath = seen.Path;
            Paths.Add(seen.Path);
        }

        CountSetup(in seen, range);
        if (seen.IsBad)
        {
            Bad++;
            Judged++;
            Timeline.Add(seen.TimestampNanoseconds, 0, 0, 0, 1);
            return false;
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
            return false;
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

        return true;
    }

    /// <summary>Counts packets of one of the common, right frames, of which another that differs in nothing but its
    /// length and content went through <see cref="Count"/>. Not in <see cref="Timeline"/>.</summary>
    /// <param name="shape">Which of them.</param>
    /// <param name="frames">How many.</param>
    /// <param name="merged">Those of them that may have been merged on arrival.</param>
    /// <param name="routed">Whether they passed a router.</param>
    public void CountLike(FrameShape shape, long frames, long merged, bool routed)
    {
        Packets += frames;
        Judged += frames;
        Right += frames;
        SmallComplete += frames - merged;
        Routed += routed ? frames : 0;
        if (shape.LacksOuterChecksum())
        {
            OuterAbsent += frames;
            OuterAbsentLocal += frames;
        }
        else if (shape.IsTunnel())
        {
            OuterRight += frames;
            OuterRightLocal += frames;
        }
    }

    /// <summary>Takes over what another part of the capture saw of the same direction, or of another that is no longer
    /// told apart.</summary>
    /// <param name="other">It; used up.</param>
    /// <param name="shift">Frames before those that it numbers from 1.</param>
    public void Merge(DirectionSums other, long shift)
    {
        Packets += other.Packets;
        Bad += other.Bad;
        Right += other.Right;
        Pending += other.Pending;
        Unverified += other.Unverified;
        InnerRightOnly += other.InnerRightOnly;
        Untraced += other.Untraced;
        Judged += other.Judged;
        SmallSeeds += other.SmallSeeds;
        SmallComplete += other.SmallComplete;
        LongSeeds += other.LongSeeds;
        SuperPackets += other.SuperPackets;
        HeaderZero += other.HeaderZero;
        NeverFilled += other.NeverFilled;
        MergeOuter(other);
        if (other.TunnelPort != 0 && other._tunnelPortOrder + shift < _tunnelPortOrder)
        {
            (TunnelPort, _tunnelPortOrder) = (other.TunnelPort, other._tunnelPortOrder + shift);
        }

        Vnis.Merge(other.Vnis, shift);
        SeedValues.Merge(other.SeedValues, shift);
        InnerSources.Merge(other.InnerSources, shift);
        foreach (int path in other.Paths)
        {
            Paths.Add(path);
        }

        Ports.Merge(other.Ports, shift);
        Timeline.Merge(other.Timeline);
        UnverifiedReasons.Merge(other.UnverifiedReasons);
        MergeSamples(other, shift);
    }

    private void MergeOuter(DirectionSums other)
    {
        OuterRight += other.OuterRight;
        OuterAbsent += other.OuterAbsent;
        OuterLocal += other.OuterLocal;
        OuterRightLocal += other.OuterRightLocal;
        OuterAbsentLocal += other.OuterAbsentLocal;
        OuterRightOverSeed += other.OuterRightOverSeed;
        RoutedSeeds += other.RoutedSeeds;
        Routed += other.Routed;
    }

    private void MergeSamples(DirectionSums other, long shift)
    {
        if (other.Samples.Count == 0)
        {
            return;
        }

        Sample[] all = [.. Samples.Concat(other.Samples.Select(s => s with { Frame = s.Frame + shift }))
            .OrderBy(static s => s.Path).ThenBy(static s => s.Frame)];
        Samples.Clear();
        Array.Clear(_sampled);
        foreach (Sample sample in all)
        {
            Take(sample);
        }
    }

    private void CountSetup(in Observation seen, PortRange range)
    {
        if (seen.Vni >= 0 && seen.Vni != _lastVni)
        {
            _lastVni = seen.Vni;
            Vnis.Add(seen.Vni, seen.Order);
        }

        if (seen.HasOuter)
        {
            if (TunnelPort == 0)
            {
                (TunnelPort, _tunnelPortOrder) = (seen.OuterDestinationPort, seen.Order);
            }

            OuterRight += seen.Outer.Status == ChecksumStatus.Good ? 1 : 0;
            OuterAbsent += seen.Outer.Status == ChecksumStatus.NotPresent ? 1 : 0;
            CountSpared(in seen);
        }

        Ports.Add(in seen, range);
        Routed += seen.IsRouted ? 1 : 0;
        SuperPackets += seen.SuperPacket ? 1 : 0;
        HeaderZero += seen.HeaderZero ? 1 : 0;
        if (seen.Tunnel != TunnelType.None && !InnerSources.IsFull
            && !seen.Flow.Source.IsNone && seen.Flow.Source != seen.OuterSource)
        {
            InnerSources.Add(seen.Flow.Source, seen.Order);
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
        SeedValues.Add(layer.Found, seen.Order);
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
        UnverifiedReasons.Add(layer.Reason);
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
internal sealed record Sample(EvidenceKind Kind, int Path, long Frame, LayerRecord Layer);
