using VxlanCsum.Checksums;

namespace VxlanCsum.Causes;

/// <summary>The range that a sender takes outer source ports from: net.ipv4.ip_local_port_range, or the tunnel's srcport.</summary>
internal readonly record struct PortRange(ushort Min, ushort Max)
{
    public static readonly PortRange Default = new(NatModel.LocalPortMin, NatModel.LocalPortMax);

    /// <summary>Linux's Geneve uses all ports (udp_flow_src_port(net, skb, 1, USHRT_MAX, true)): its ports tell nothing.</summary>
    public static readonly PortRange All = new(1, ushort.MaxValue);

    /// <summary>What a tunnel of this type takes when nobody says otherwise.</summary>
    public static PortRange Of(TunnelType tunnel) => tunnel == TunnelType.Geneve ? All : Default;

    public bool Contains(int port) => port >= Min && port <= Max;

    /// <summary>How often a random 16-bit value falls into it.</summary>
    public double Share => (Max - Min + 1) / (double)Residue.Modulus;

    public override string ToString() => $"{Min}-{Max}";
}

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

    /// <summary>Distinct ports outside of the range (at most 1024 are told apart), the packets with them, and the first few.</summary>
    public int OutsideCount => _outside.Count;
    public long OutsidePackets { get; private set; }
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

        OutsidePackets++;
        if (_outside.Count < Remembered && _outside.Add(port) && First.Count < Samples)
        {
            First.Add((seen.Path, seen.FrameNumber, port));
        }
    }

    /// <summary>Several ports, all of the dynamic range: then the sender keeps to that range (by chance: 0.42 a port) and nothing was translated.</summary>
    public bool KeepsToDynamicRange => _allDynamic && _ports.Count >= 5;

    public bool SnatSuspected => OutsideCount > 0 && !KeepsToDynamicRange;
}
