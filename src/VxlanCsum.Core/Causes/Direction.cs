using System.Runtime.InteropServices;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

internal readonly record struct DirectionKey(TunnelType Tunnel, HostId Source, HostId Destination);

/// <summary>Everything that is counted and remembered of one tunnel direction, or of one host's packets outside of tunnels.</summary>
internal sealed class Direction(DirectionKey key, AnalysisBudget budget)
{
    /// <summary>Longer transport packets may have been merged on arrival (GRO), which leaves a seed too: they do not tell the vantage.</summary>
    private const int LongestUnmerged = 1500;
    private const int SamplesPerKind = 3;

    private readonly Dictionary<FlowKey, BrokenFlow> _broken = [];
    private readonly int[] _sampled = new int[Enum.GetValues<EvidenceKind>().Length];

    public DirectionKey Key { get; } = key;
    public long Packets { get; private set; }
    public long Bad { get; private set; }
    public long Right { get; private set; }
    public long Pending { get; private set; }
    public long Unverified { get; private set; }

    /// <summary>Packets of which at least one checksum could be judged.</summary>
    public long Judged { get; private set; }

    /// <summary>What the outer UDP checksums look like.</summary>
    public long OuterRight { get; private set; }
    public long OuterAbsent { get; private set; }
    public long OuterLocal { get; private set; }

    /// <summary>Outer checksums that are right for an inner packet which still has its seed: the tunnel was finished and its content forgotten.</summary>
    public long OuterRightOverSeed { get; private set; }

    /// <summary>Unfinished and finished TCP and UDP checksums of packets that no offload has merged; unfinished ones of longer packets.</summary>
    public long SmallSeeds { get; private set; }
    public long SmallComplete { get; private set; }
    public long LongSeeds { get; private set; }
    public long SuperPackets { get; private set; }
    public long HeaderZero { get; private set; }
    public ushort TunnelPort { get; private set; }
    public SortedSet<int> Vnis { get; } = [];
    public SourcePorts Ports { get; } = new();
    public OuterFaults Outer { get; } = new(budget);
    public InnerFaults Inner { get; } = new(budget);

    /// <summary>Distinct field values of seeds: each is a match of its own.</summary>
    public HashSet<uint> SeedValues { get; } = [];

    /// <summary>Addresses that inner packets come from: tunnel and pod addresses of the sending node.</summary>
    public HashSet<HostId> InnerSources { get; } = [];
    public IReadOnlyCollection<BrokenFlow> Broken => _broken.Values;
    public HashSet<int> Paths { get; } = [];
    public List<Sample> Samples { get; } = [];
    public VerdictTimeline Timeline { get; } = new();

    public void Add(in Observation seen, PortRange range)
    {
        Packets++;
        Paths.Add(seen.Path);
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

            MarkBroken(in seen);
            Timeline.Add(seen.TimestampNanoseconds, 0, 0, 0, 1);
            return;
        }

        // An IPv4 header that verifies says nothing about what it carries; an outer UDP checksum that does covers all inside.
        if (seen.Worst == ChecksumStatus.Unverified && !seen.AnyPartial && !(seen.HasOuter && seen.Outer.Status == ChecksumStatus.Good))
        {
            Unverified++;
            Timeline.Add(seen.TimestampNanoseconds, 0, 0, 1, 0);
            Take(EvidenceKind.Unverifiable, in seen, seen.HasInner ? seen.Inner : seen.Outer);
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

        MarkHealed(in seen);
    }

    private void CountSetup(in Observation seen, PortRange range)
    {
        if (seen.Vni >= 0 && Vnis.Count < AnalysisBudget.VnisPerDirection)
        {
            Vnis.Add(seen.Vni);
        }

        if (seen.HasOuter)
        {
            TunnelPort = seen.OuterDestinationPort;
            OuterRight += seen.Outer.Status == ChecksumStatus.Good ? 1 : 0;
            OuterAbsent += seen.Outer.Status == ChecksumStatus.NotPresent ? 1 : 0;
        }

        Ports.Add(in seen, range);
        SuperPackets += seen.SuperPacket ? 1 : 0;
        HeaderZero += seen.HeaderZero ? 1 : 0;
        if (seen.Tunnel != TunnelType.None && InnerSources.Count < AnalysisBudget.VnisPerDirection && !seen.Flow.Source.IsNone)
        {
            InnerSources.Add(seen.Flow.Source);
        }

        if (seen.HasInner && seen.Inner.Protocol is ChecksumProtocol.Tcp or ChecksumProtocol.Udp && seen.Inner.Length <= LongestUnmerged)
        {
            SmallComplete += seen.Inner.Status == ChecksumStatus.Good ? 1 : 0;
            SmallSeeds += seen.Inner.Status == ChecksumStatus.Partial ? 1 : 0;
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

        bool innerSeed = seen.HasInner && seen.Inner.Status == ChecksumStatus.Partial;
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
        if (SeedValues.Count < WireValue.Enough)
        {
            SeedValues.Add(layer.Found);
        }

        Take(EvidenceKind.Seed, in seen, layer);
    }

    private void MarkBroken(in Observation seen)
    {
        ref BrokenFlow? flow = ref CollectionsMarshal.GetValueRefOrAddDefault(_broken, seen.Flow, out bool known);
        if (!known)
        {
            if (!budget.TakeBrokenFlow(_broken.Count - 1))
            {
                _broken.Remove(seen.Flow);
                return;
            }

            flow = new BrokenFlow(seen.Flow, seen.FrameNumber, seen.TimestampNanoseconds);
        }

        flow!.AddBad(seen.OuterSourcePort);
    }

    private void MarkHealed(in Observation seen)
    {
        if (_broken.Count > 0 && _broken.TryGetValue(seen.Flow, out BrokenFlow? flow))
        {
            flow.Heal(seen.OuterSourcePort, seen.FrameNumber, seen.TimestampNanoseconds);
        }
    }

    private void Take(EvidenceKind kind, in Observation seen, LayerRecord layer)
    {
        if (_sampled[(int)kind] < SamplesPerKind)
        {
            _sampled[(int)kind]++;
            Samples.Add(new Sample(kind, seen.Path, seen.FrameNumber, layer));
        }
    }
}

/// <summary>A packet kept as an example of something innocent.</summary>
internal readonly record struct Sample(EvidenceKind Kind, int Path, long Frame, LayerRecord Layer);

/// <summary>An inner flow of which a packet was bad, and whether a later one got through.</summary>
internal sealed class BrokenFlow(FlowKey key, long frame, long timestamp)
{
    private readonly List<ushort> _ports = [];

    public FlowKey Key { get; } = key;
    public long FirstFrame { get; } = frame;
    /// <summary>The first right packet after it; 0 while there is none.</summary>
    public long HealedFrame { get; private set; }
    public bool IsHealed { get; private set; }

    /// <summary>From the first bad packet to the first right one; null where there is none, or where text gives no times.</summary>
    public TimeSpan? Delay { get; private set; }

    /// <summary>Outer source ports that its bad packets had (8 are told apart).</summary>
    public int BadPorts => _ports.Count;

    public void AddBad(ushort port)
    {
        if (_ports.Count < 8 && !_ports.Contains(port))
        {
            _ports.Add(port);
        }
    }

    /// <summary>A right packet from a port that was bad before is one that the defect does not touch (a super-packet, say): it heals nothing.</summary>
    public void Heal(ushort port, long frame, long now)
    {
        if (!IsHealed && !_ports.Contains(port))
        {
            IsHealed = true;
            HealedFrame = frame;
            Delay = now == 0 && timestamp == 0 ? null : TimeSpan.FromTicks(Math.Max(0, now - timestamp) / 100);
        }
    }
}
