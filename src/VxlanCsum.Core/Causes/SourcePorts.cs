using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>
/// The outer source ports of a direction. A Linux tunnel device takes them from <see cref="PortRange"/>; fully random
/// NAT from 1024 to 65535. So a port outside of the range tells, without any checksum, that the packet was translated.
/// </summary>
internal sealed class SourcePorts
{
    /// <summary>RFC 7348, section 5, recommends this range; switches and other systems keep to it.</summary>
    private static readonly PortRange Dynamic = new(49152, 65535);
    private const int Remembered = 1024;
    private const int Samples = 8;
    private readonly FirstSeen<ushort> _ports = new(Remembered);
    private readonly FirstSeen<ushort> _outside = new(Remembered);
    private bool _allDynamic = true;
    private (ushort Port, PortRange Range) _last;

    /// <summary>Distinct ports outside of the range (at most 1024 are told apart), all distinct ports, and the first
    /// few outside.</summary>
    public int OutsideCount => _outside.Count;
    public int DistinctCount => _ports.Count;
    public List<(int Path, long Frame, ushort Port)> First => _outside.Entries[..Math.Min(Samples, OutsideCount)]
        .ConvertAll(static e => (Observation.PathOf(e.Order), Observation.FrameOf(e.Order), e.Value));

    public void Add(in Observation seen, PortRange range)
    {
        ushort port = seen.OuterSourcePort;
        // Some tunnel ends send from the tunnel port itself; that port was not chosen, and not by NAT either.
        if (port == 0 || port == seen.OuterDestinationPort)
        {
            return;
        }

        // Most packets have the port of the one before.
        if (_last == (port, range))
        {
            return;
        }

        _last = (port, range);
        _ports.Add(port, seen.Order);
        _allDynamic &= Dynamic.Contains(port);
        if (!range.Contains(port))
        {
            _outside.Add(port, seen.Order);
        }
    }

    /// <summary>One more packet with this port would change nothing, now and later. May be asked while another thread adds
    /// some.</summary>
    public bool IsSettled(ushort port, PortRange range) => _ports.IsFull && (range.Contains(port) || _outside.IsFull)
        && (!_allDynamic || Dynamic.Contains(port));

    /// <summary>Takes over what another part of the capture saw.</summary>
    public void Merge(SourcePorts other, long shift)
    {
        _allDynamic &= other._allDynamic;
        _ports.Merge(other._ports, shift);
        _outside.Merge(other._outside, shift);
    }

    /// <summary>Several ports, all of the dynamic range: then the sender keeps to that range (by chance: 0.42 a port)
    /// and nothing was translated.</summary>
    public bool KeepsToDynamicRange => _allDynamic && _ports.Count >= 5;

    /// <summary>One port may be another sender's habit; several speak of translation.</summary>
    public bool SnatSuspected => OutsideCount > 1 && !KeepsToDynamicRange;

    /// <summary>How likely these ports are (a logarithm): all chosen by the sender, or those of the bad packets chosen
    /// by NAT.</summary>
    public double LogOfSender(List<Binding> bad, PortRange range, bool translated)
    {
        HashSet<ushort> spoilt = [0];
        int badInside = 0, badOutside = 0;
        foreach (Binding binding in bad)
        {
            bool isNew = spoilt.Add(binding.SourcePort), isInside = range.Contains(binding.SourcePort);
            badInside += isNew && isInside ? 1 : 0;
            badOutside += isNew && !isInside ? 1 : 0;
        }

        int outside = Math.Max(0, OutsideCount - badOutside),
            inside = Math.Max(0, DistinctCount - OutsideCount - badInside);
        double inRange = 1.0 / (range.Max - range.Min + 1), any = 1.0 / Residue.Modulus;
        if (!translated)
        {
            return OfSender(inside + badInside, outside + badOutside, inRange, any);
        }

        double unprivileged = 1.0 / (ushort.MaxValue - 1023);
        return OfSender(inside, outside, inRange, any)
            + (badInside * Math.Log((0.7 * unprivileged) + (0.3 * inRange)))
            + (badOutside * Math.Log((0.7 * unprivileged) + (0.02 * any)));
    }

    /// <summary>A sender keeps to the usual range, or to one of its own that is not known.</summary>
    private static double OfSender(int inside, int outside, double inRange, double any) => Weights.Add(
        outside == 0 ? Math.Log(0.7) + (inside * Math.Log(inRange)) : double.NegativeInfinity,
        Math.Log(0.3) + ((inside + outside) * Math.Log(any)));
}
