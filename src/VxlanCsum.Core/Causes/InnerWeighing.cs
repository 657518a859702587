using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>One explanation of a direction's wrong checksums inside, outside of tunnels, or in IP headers.</summary>
/// <param name="Cause">StaleAfterNat or Corrupted.</param>
/// <param name="Weight">Logarithm of: how likely it was before, times how likely it makes what was seen.</param>
/// <param name="Delta">The one difference, where there is one for all flows.</param>
internal readonly record struct InnerVerdict(ChecksumCause Cause, double Weight, int? Delta);

/// <summary>The same weighing for checksums that no tunnel's NAT touches: damage, or addresses and ports rewritten
/// without mending.</summary>
/// <param name="faults">The wrong checksums of a direction.</param>
/// <param name="map">Addresses that the capture and the operator name.</param>
/// <param name="right">Packets of a flow that are right.</param>
internal sealed class InnerWeighing(InnerFaults faults, CaptureMap map, Func<FlowKey, long> right)
{
    private const int CandidatesTried = 256;

    /// <summary>That something else than an address was rewritten, once a packet.</summary>
    private static readonly double s_edited = Math.Log(0.15);

    /// <summary>That a packet of a rewritten flow is right all the same.</summary>
    private static readonly double s_spared = Math.Log(0.1);
    private readonly Tallies _deltas = faults.Deltas();
    private readonly Candidate[] _nodeAddresses = Candidates(map.NodeAddresses), _addresses = Candidates(map.Addresses),
        _endpoints = Candidates(map.Endpoints);

    public List<InnerVerdict> Weigh()
    {
        int mode = _deltas.Mode;
        double younger = faults.YoungerThanTunnel > 0 ? Math.Log(0.02) : 0;
        return
        [
            new(ChecksumCause.Corrupted, Math.Log(0.3) + _deltas.Weigh(static _ => true, Weights.Damage,
                othersToo: true), null),
            new(ChecksumCause.Corrupted, Math.Log(0.1) + _deltas.Weigh(static _ => true, Weights.DamagedBytes,
                othersToo: true), null),
            new(ChecksumCause.Corrupted, Math.Log(0.02) + OneBit(mode), null),
            new(ChecksumCause.StaleAfterNat, Math.Log(0.25) + younger + ByFlow() + Spared(), null),
            new(ChecksumCause.StaleAfterNat, Math.Log(0.2) + younger + One(mode) + Spared(), mode),
        ];
    }

    /// <summary>One difference in all flows: one address pair, or an editor that replaces each address by one
    /// other.</summary>
    private double One(int delta) => delta == 0 ? double.NegativeInfinity
        : Change(default, delta) + _deltas.Weigh(d => d == delta, static _ => Weights.LogUsual, othersToo: false);

    private double OneBit(int mode)
    {
        int bit = Weights.BitOf(mode);
        return Weights.Add(
            _deltas.Weigh(d => bit >= 0 && Weights.BitOf(d) == bit, static _ => Weights.LogUsual - Math.Log(2),
                othersToo: true) - Math.Log(16),
            _deltas.Weigh(d => bit >= 0 && d == mode, static _ => Weights.LogUsual, othersToo: true) - Math.Log(32))
            - Math.Log(2);
    }

    /// <summary>Who rewrites an address rewrites it in every packet of the flow: right ones beside speak
    /// against it.</summary>
    private double Spared() => faults.Flows.Sum(f => s_spared * Math.Min(3, f.CanBeStale ? right(f.Key) : 0));

    /// <summary>NAT that leaves the checksum alone: one difference a flow.</summary>
    private double ByFlow()
    {
        double sum = _deltas.Rest * Weights.OneValue;
        foreach (DamagedFlow flow in faults.Flows)
        {
            double stray = Weights.Stray(flow.Delta);
            if (!flow.CanBeStale || flow.Delta == 0)
            {
                // No address is covered; but an identifier or a quoted header may have been rewritten (ICMP).
                sum += (flow.Agreeing + flow.Disagreeing) * (flow.Delta != 0 ? s_edited + Weights.OneValue
                    : flow.Key.Protocol == ChecksumProtocol.Sctp ? s_edited : stray);
                continue;
            }

            double first = Weights.LogUsual + Change(flow.Key, flow.Delta);
            sum += (flow.Agreeing == 1 ? Weights.Add(first, stray) : first + ((flow.Agreeing - 1) * Weights.LogUsual))
                + (flow.Disagreeing * (Weights.LogOutlier + Weights.OneValue));
        }

        return sum;
    }

    /// <summary>Whether that change was to be expected: from an address or an endpoint of the capture, from the same
    /// network, or from anywhere.</summary>
    private double Change(FlowKey key, int delta)
    {
        // From the same network, by one part of an address or port, by one digit or a TTL counted down, or any.
        double any = Math.Log((0.3 / Residue.Modulus) + (Weights.IsNear(delta) ? 0.15 / 510 : 0)
            + (Weights.IsOneByte(delta) ? 0.1 / 1020 : 0) + (Weights.IsOneBit(delta) ? 0.02 / 32 : 0));
        // What the operator names is worth more than what merely occurs.
        return key.Source.IsNone ? any : Weights.Sum(
        [
            any, OfAddresses(_nodeAddresses, key, delta, 0.25), OfAddresses(_addresses, key, delta, 0.1),
            OfEndpoints(key, delta, 0.1),
        ]);
    }

    private static double OfAddresses(Candidate[] addresses, FlowKey key, int delta, double share) =>
        Fitting(addresses, key.Source.WordSum - delta, key.Destination.WordSum - delta, share,
            c => StaleNames.IsSource(in key, c.Address, delta) || StaleNames.IsDestination(in key, c.Address, delta));

    private double OfEndpoints(FlowKey key, int delta, double share) =>
        Fitting(_endpoints, key.Source.WordSum + key.SourcePort - delta,
            key.Destination.WordSum + key.DestinationPort - delta, share,
            c => StaleNames.IsEndpoint(in key, c.Address, c.Port, delta));

    /// <summary>That it was one of those that fit.</summary>
    /// <param name="candidates">All of them.</param>
    /// <param name="source">The sum of one that was the source.</param>
    /// <param name="destination">The sum of one that was the destination.</param>
    /// <param name="share">That it was one of them all, as source or destination.</param>
    /// <param name="fits">A closer look; few have one of the sums.</param>
    private static double Fitting(Candidate[] candidates, int source, int destination, double share,
        Func<Candidate, bool> fits)
    {
        (source, destination) = (Residue.Of(source), Residue.Of(destination));
        int hits = 0;
        foreach (Candidate one in candidates)
        {
            hits += (one.Sum == source || one.Sum == destination) && fits(one) ? 1 : 0;
        }

        return hits == 0 ? double.NegativeInfinity : Math.Log(share * hits / (2 * candidates.Length));
    }

    private static Candidate[] Candidates(List<HostId> addresses) =>
        Candidates(addresses.ConvertAll(static a => (a, (ushort)0)));

    private static Candidate[] Candidates(List<(HostId Address, ushort Port)> endpoints) =>
        [.. endpoints.Take(CandidatesTried).Select(static e => new Candidate(e.Address, e.Port))];

    /// <summary>What may have stood in a packet before it was rewritten.</summary>
    private sealed record Candidate(HostId Address, ushort Port)
    {
        /// <summary>All that a checksum knows of it.</summary>
        public int Sum { get; } = Residue.Of(Address.WordSum + Port);
    }
}
