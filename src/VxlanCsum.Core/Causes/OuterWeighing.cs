using VxlanCsum.Checksums;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>
/// Every explanation of a direction's wrong outer checksums, each weighed on all of its packets: how likely it was
/// before anything was seen, times how likely it makes what was seen. What two predict alike moves neither. A parameter
/// that had to be fitted costs what it could have been otherwise: an original port a binding 1 in 28,232 each time, one
/// constant 1 in 65,535 once.
/// </summary>
internal sealed class OuterWeighing(Direction direction, DirectionSetting setting,
    IReadOnlyList<OriginCandidate> candidates, PortRange range, KnownBindings known)
{
    /// <summary>Of a direction that has outer checksums and one that has none, in one: a tunnel is set up one
    /// way.</summary>
    private const double Mixed = 0.001;

    /// <summary>That the connection table speaks of an earlier or a later flow with the same port.</summary>
    private const double Outdated = 0.01;
    private readonly OuterFaults _faults = direction.Outer;

    private readonly Tallies _wires = direction.Outer.Wires(), _deltas = direction.Outer.Deltas(),
        _deltasAsCaptured = direction.Outer.DeltasAsCaptured();
    private readonly DeltaPrior _addresses = new(candidates);

    /// <summary>All of them; the weights are not yet normalised.</summary>
    public List<OuterVerdict> Weigh()
    {
        double kept = direction.Ports.LogOfSender(_faults.Bindings, range, translated: false),
            translated = direction.Ports.LogOfSender(_faults.Bindings, range, translated: true);
        return
        [
            AllOnes(translated),
            Constant(Weights.Add(kept, translated) - Math.Log(2)),
            OriginalPort(translated),
            OriginalPortAndAddress(translated),
            TwiceAddress(kept),
            OnceAddress(kept, _deltas, 0.9),
            OnceAddress(kept, _deltasAsCaptured, 0.1),
            PortLeftAlone(translated),
            OneBit(kept),
            ConstantByDevice(kept),
            AtRandom(kept),
        ];
    }

    private static double Prior(double share) => Math.Log(share);

    /// <summary>Where half of the packets or more are what the defects never touch, or the others right: how well that
    /// fits "TCP and UDP only".</summary>
    private double LocalOnly(bool absent)
    {
        long right = absent ? direction.OuterAbsentLocal : direction.OuterRightLocal;
        // A rule without a condition hits all; one that asks for the mark hits some share.
        return Weights.Add(Prior(0.5) + (right == 0 ? 0 : double.NegativeInfinity),
            Prior(0.5) + Weights.Split(_deltas.Local, right));
    }

    private double Anything()
    {
        long right = direction.OuterRight + direction.OuterLocal;
        return Weights.Add(Prior(0.1) + (right == 0 ? 0 : double.NegativeInfinity),
            Prior(0.9) + Weights.Split(_deltas.Total, right));
    }

    /// <summary>Who rewrites an address on the way rewrites it in every packet, whatever it carries.</summary>
    private double Everything()
    {
        long right = direction.OuterRight + direction.OuterLocal;
        return Weights.Add(Prior(0.97) + (right * Weights.LogOutlier),
            Prior(0.03) + Weights.Split(_deltas.Total, right));
    }

    /// <summary>Defect A needs a tunnel without outer checksums, all others one with.</summary>
    private double Setup(bool absent)
    {
        long with = direction.OuterRight + direction.OuterLocal, without = direction.OuterAbsent;
        double own = (absent ? with : without) > 0 ? Prior(Mixed) : 0;
        bool otherWith = setting.OppositeSends == true, otherWithout = setting.OppositeSends == false;
        return own + ((absent ? otherWith : otherWithout) ? Prior(0.1)
            : otherWith || otherWithout ? Prior(0.9) : Prior(0.5));
    }

    /// <summary>A kernel's NAT of the source leaves the peer's answers going to the address before it. A kept address
    /// does not; nor does a translator on the way, which the answers pass as well, nor an editor of the whole
    /// capture.</summary>
    private double Peer(bool changed) => setting.PeerAddresses switch
    {
        PeerAddress.Another => changed ? Prior(0.7) : Prior(0.1),
        PeerAddress.Own => changed ? Prior(0.1) : Prior(0.9),
        _ => Prior(0.5),
    };

    /// <summary>Defect A, address kept: 0xffff on every packet.</summary>
    private OuterVerdict AllOnes(double ports) => new(ChecksumCause.NatZeroChecksum, OuterMechanism.Constant,
        Prior(0.12) + ports + Setup(absent: true) + LocalOnly(absent: true) + Peer(changed: false) + OfWire(0xffff))
    {
        Constant = 0xffff,
    };

    /// <summary>Defect A, address changed: one constant an address pair.</summary>
    private OuterVerdict Constant(double ports)
    {
        ushort wire = _wires.Mode;
        // The kernel adds the difference of the addresses to zero, so the constant is that difference.
        OriginCandidate? origin = null;
        double fitted = wire == 0xffff
            ? double.NegativeInfinity
            : _addresses.Of(c => NatModel.OfZero((ushort)c.WordSum, (ushort)direction.Key.Source.WordSum) == wire, wire,
                out origin);
        return new(ChecksumCause.NatZeroChecksum, OuterMechanism.Constant,
            Prior(0.04) + ports + Setup(absent: true) + LocalOnly(absent: true) + Peer(changed: true) + fitted
                + OfWire(wire))
        {
            Constant = wire,
            Origin = origin,
            OriginUnknown = origin is null,
        };
    }

    /// <summary>Packets with this very value, and strays. Of equal right values only one counts: they cannot tell a
    /// constant from chance.</summary>
    private double OfWire(ushort wire)
    {
        Tally fits = _wires[wire];
        double sum = fits.Local * Weights.LogUsual;
        sum += (fits.Others + _wires.Rest) * (Weights.LogOutlier + Weights.OneValue);
        foreach ((ushort other, Tally count) in _wires.Counts)
        {
            sum += other == wire ? 0 : count.Total * (Weights.LogOutlier + Weights.OneValue);
        }

        return sum;
    }

    /// <summary>Defect B, address kept: an original port a binding, of those that the sender takes.</summary>
    private OuterVerdict OriginalPort(double ports) => new(ChecksumCause.NatLocalChecksum, OuterMechanism.OtherPort,
        Prior(0.10) + ports + Setup(absent: false) + LocalOnly(absent: false) + Peer(changed: false)
            + OfPorts(othersToo: false));

    /// <summary>The same by something that leaves the checksum alone, so that it hits ARP and ICMP as well.</summary>
    private OuterVerdict PortLeftAlone(double ports) => new(ChecksumCause.StaleAfterNat, OuterMechanism.OtherPort,
        Prior(0.0001) + ports + Setup(absent: false) + Everything() + OfPorts(othersToo: true));

    private double OfPorts(bool othersToo)
    {
        double sum = _deltas.Rest > 0 && _faults.Bindings.Count == 0 ? double.NegativeInfinity : 0;
        foreach (Binding binding in _faults.Bindings)
        {
            double stray = Weights.Stray(binding.Delta);
            if (!binding.CouldBePartial && !othersToo)
            {
                sum += (binding.Agreeing + binding.Disagreeing) * stray;
                continue;
            }

            int port = binding.Implied;
            double first = Weights.LogUsual + LogPort(range.Contains(port)) + Known(binding, port);
            sum += (binding.Agreeing == 1 ? Weights.Add(first, stray)
                : first + ((binding.Agreeing - 1) * Weights.LogUsual))
                + (binding.Disagreeing * (Weights.LogOutlier + Weights.OneValue));
        }

        return sum;
    }

    /// <summary>One port among those that the sender takes; seldom it has a range of its own that nobody told
    /// of.</summary>
    private double LogPort(bool inRange) =>
        Math.Log((inRange ? 0.95 / (range.Max - range.Min + 1) : 0) + (0.05 / Residue.Modulus));

    /// <summary>What the connection table adds: the port is certain where it has just this one, and chance where it has
    /// another.</summary>
    private double Known(Binding binding, int port)
    {
        List<KnownOrigin> origins = known.Of(direction.Key, binding.SourcePort);
        return origins.Count == 0 ? 0
            : Math.Log(Outdated) + (origins.Any(o => Residue.Of(o.Port) == port) ? Certain(port) : 0);
    }

    private double Certain(int port) =>
        Math.Log(1 - Outdated) - Math.Log(Outdated) - LogPort(range.Contains(port));

    /// <summary>For each shift what the connection table makes more certain by it; null where it knows nothing.</summary>
    private double[]? KnownByShift(List<Binding> bindings)
    {
        double[]? gains = null;
        foreach (Binding binding in bindings)
        {
            foreach (KnownOrigin origin in known.Of(direction.Key, binding.SourcePort))
            {
                gains ??= new double[Residue.Modulus];
                gains[Residue.Of(origin.Port - binding.Implied)] += Certain(origin.Port);
            }
        }

        return gains;
    }

    /// <summary>Defect B, address and port changed: one shift for all, a port for each binding.</summary>
    private OuterVerdict OriginalPortAndAddress(double ports)
    {
        List<Binding> local = _faults.Bindings.FindAll(static b => b.CouldBePartial);
        PortShifts shifts = new(local, range, KnownByShift(local))
        {
            Unshifted = OfPorts(othersToo: false),
            InRange = LogPort(true) - LogPort(false),
        };
        double Of(OriginCandidate candidate) => _addresses.LogOf(candidate) + shifts[Twice(candidate.Address)];

        double unnamed = Weights.Add(_addresses.LogNear + shifts.Near(), _addresses.LogAny + shifts.Any());
        OriginCandidate? best = candidates.MaxBy(Of);
        OriginCandidate? origin = best is not null && Of(best) > unnamed ? best : null;
        return new(ChecksumCause.NatLocalChecksum, OuterMechanism.OtherPort,
            Prior(0.05) + ports + Setup(absent: false) + LocalOnly(absent: false) + Peer(changed: true)
                + Weights.Sum([unnamed, .. candidates.Select(Of)]))
        {
            Origin = origin,
            OriginUnknown = origin is null,
            Shift = origin is null ? 0 : Twice(origin.Address),
        };
    }

    /// <summary>The difference that is twice the change from this address.</summary>
    private int Twice(HostId old) => Residue.Of(2L * (direction.Key.Source.WordSum - old.WordSum));

    /// <summary>Defect B with the port kept: one difference, twice the change of address, in TCP and UDP
    /// only.</summary>
    private OuterVerdict TwiceAddress(double ports)
    {
        int delta = _deltas.Mode, half = Residue.Half(delta);
        double fitted = _addresses.Of(c => Twice(c) == delta, half, out OriginCandidate? origin);
        return new(ChecksumCause.NatLocalChecksum, OuterMechanism.TwiceAddress,
            Prior(0.05) + ports + Setup(absent: false) + LocalOnly(absent: false) + Peer(changed: true) + fitted
            + _deltas.Weigh(d => d == delta, static _ => Weights.LogUsual, othersToo: false))
        {
            Origin = origin,
            OriginUnknown = origin is null,
            Delta = delta,
            Shift = delta,
        };
    }

    /// <summary>An address rewritten by something that does not mend the checksum: a translator on the way, or an
    /// editor of captures.</summary>
    private OuterVerdict OnceAddress(double ports, Tallies deltas, double prior)
    {
        int delta = deltas.Mode;
        int Source(HostId c) => Residue.Of(direction.Key.Source.WordSum - c.WordSum);
        int Destination(HostId c) => Residue.Of(direction.Key.Destination.WordSum - c.WordSum);
        double fitted = _addresses.Of(c => Source(c) == delta || Destination(c) == delta, delta,
            out OriginCandidate? origin);
        // Behind a router the TTL is lower; an editor of captures leaves it, and hits the other direction alike.
        double translator = Prior(0.1) + (_faults.Routed > 0 ? Prior(0.9)
            : _faults.Unrouted > 0 ? Prior(0.1) : Prior(0.5));
        double editor = Prior(0.1) + Ttl() + setting.OppositeDelta switch
        {
            { } other when other == delta => Prior(0.9) - Weights.OneValue,
            { } => Prior(0.1),
            _ when setting.OppositeSends == true => Prior(0.02),
            _ => Prior(0.5),
        };
        return new(ChecksumCause.StaleAfterNat, OuterMechanism.OnceAddress,
            Prior(prior) + Weights.Add(translator, editor) - Ttl() + ports + Setup(absent: false) + Everything()
                + Peer(changed: false) + fitted
            + deltas.Weigh(d => d == delta, static _ => Weights.LogUsual, othersToo: true))
        {
            Origin = origin,
            OriginUnknown = origin is null,
            IsAsCaptured = deltas == _deltasAsCaptured,
            IsDestination = origin is { } named && Source(named.Address) != delta,
            Delta = delta,
            Shift = delta,
        };
    }

    /// <summary>What the TTLs are worth to all who do not care for them.</summary>
    private double Ttl() => _faults.Routed > 0 ? Prior(0.3) : _faults.Unrouted > 0 ? Prior(0.7) : Prior(0.5);

    /// <summary>Damage at one place: off by plus or minus one power of two.</summary>
    private OuterVerdict OneBit(double ports)
    {
        int bit = Math.Max(0, Weights.BitOf(_deltas.Mode));
        double either = _deltas.Weigh(d => Weights.BitOf(d) == bit, static _ => Weights.LogUsual - Math.Log(2),
            othersToo: true) - Math.Log(16);
        int delta = _deltas.Mode;
        double always = _deltas.Weigh(d => d == delta && Weights.IsOneBit(delta), static _ => Weights.LogUsual,
            othersToo: true) - Math.Log(32);
        double written = Setup(absent: false) + Weights.Add(either, always) - Math.Log(2);
        // Without outer checksums the bit stands in a field that is else zero.
        ushort wire = _wires.Mode;
        double ofZero = int.IsPow2(wire)
            ? Prior(0.03) + Setup(absent: true) + OfWire(wire)
                + (_wires[wire].Others * (Weights.LogUsual - Weights.LogOutlier - Weights.OneValue)) - Math.Log(16)
                + Weights.Add(Prior(0.7) + (direction.OuterAbsent * Weights.LogOutlier),
                    Prior(0.3) + Weights.Split(_deltas.Total, direction.OuterAbsent))
            : double.NegativeInfinity;
        return new(ChecksumCause.Corrupted, OuterMechanism.OneBit,
            Prior(0.05) + ports + Anything() + Weights.Add(written, ofZero))
        {
            Delta = ofZero > written ? int.Log2(wire)
                : bit
        };
    }

    /// <summary>A device that writes one value of its own.</summary>
    private OuterVerdict ConstantByDevice(double ports)
    {
        ushort wire = _wires.Mode;
        return new(ChecksumCause.Corrupted, OuterMechanism.None,
            Prior(0.0002) + ports + LocalOnly(absent: direction.OuterAbsent > 0) + OfWire(wire) + Weights.OneValue);
    }

    private OuterVerdict AtRandom(double ports)
    {
        // Whatever writes nonsense writes all ones more often than other values.
        double values = Weights.Add(_deltas.Weigh(static _ => true, Weights.Damage, othersToo: true),
            _deltas.Total * Weights.OneValue) - Math.Log(2)
            + (_wires[0xffff].Total * (Prior(0.001) - Weights.OneValue));
        // Damage hits whatever comes; a device that computes wrongly, what it is to compute.
        double split = Weights.Add(Prior(0.7) + Anything(),
            Prior(0.3) + (_faults.Others == 0 ? LocalOnly(absent: false) : double.NegativeInfinity));
        return new(ChecksumCause.Corrupted, OuterMechanism.None,
            Prior(0.25) + ports + Weights.Add(Setup(absent: false) + split + values, OfField() + Anything()));
    }

    /// <summary>Damage where no outer checksum was sent: then the field itself was hit.</summary>
    private double OfField()
    {
        double sum = Prior(0.1) + Setup(absent: true) + (_wires.Rest * Weights.OneValue);
        foreach ((ushort wire, Tally count) in _wires.Counts)
        {
            bool oneByte = wire < 256 || (wire & 0xff) == 0;
            sum += count.Total * Math.Log((oneByte ? 0.3 / 510 : 0) + (0.7 / Residue.Modulus));
        }

        return sum;
    }
}
