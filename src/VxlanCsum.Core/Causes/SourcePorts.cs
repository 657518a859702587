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
    private readonly HashSet<ushort> _ports = [];
    private readonly HashSet<ushort> _outside = [];
    private bool _allDynamic = true;

    /// <summary>Distinct ports outside of the range (at most 1024 are told apart), all distinct ports, and the first few outside.</summary>
    public int OutsideCount => _outside.Count;
    public int DistinctCount => _ports.Count;
    public List<(int Path, long Frame, ushort Port)> First { get; } = [];

    public void Add(in Observation seen, PortRange range)
    {
        ushort port = seen.OuterSourcePort;
        // Some tunnel ends send from the tunnel port itself; that port was not chosen, and not by NAT either.
        if (port == 0 || port == seen.OuterDestinationPort)
        {
            return;
        }

        if (_ports.Count < Remembered)
        {
            _ports.Add(port);
        }

        _allDynamic &= Dynamic.Contains(port);
        if (range.Contains(port))
        {
            return;
        }

        if (_outside.Count < Remembered && _outside.Add(port) && First.Count < Samples)
        {
            First.Add((seen.Path, seen.FrameNumber, port));
        }
    }

    /// <summary>Several ports, all of the dynamic range: then the sender keeps to that range (by chance: 0.42 a port) and nothing was translated.</summary>
    public bool KeepsToDynamicRange => _allDynamic && _ports.Count >= 5;

    public bool SnatSuspected => OutsideCount > 0 && !KeepsToDynamicRange;
}
