using System.Globalization;
using VxlanCsum.Verdicts;

namespace VxlanCsum;

/// <summary>The range that a sender takes outer source ports from: net.ipv4.ip_local_port_range, or the tunnel's
/// srcport.</summary>
/// <param name="Min">The lowest port.</param>
/// <param name="Max">The highest port.</param>
public readonly record struct PortRange(ushort Min, ushort Max)
{
    internal static readonly PortRange Default = new(NatModel.LocalPortMin, NatModel.LocalPortMax);

    /// <summary>Linux's Geneve uses all ports (udp_flow_src_port(net, skb, 1, USHRT_MAX, true)): its ports tell
    /// nothing.</summary>
    internal static readonly PortRange All = new(1, ushort.MaxValue);

    /// <summary>What a tunnel of this type takes when nobody says otherwise.</summary>
    internal static PortRange Of(TunnelType tunnel) => tunnel == TunnelType.Geneve ? All : Default;

    /// <summary>Whether a port is in it.</summary>
    public bool Contains(int port) => port >= Min && port <= Max;

    /// <summary>How often a random 16-bit value falls into it.</summary>
    internal double Share => (Max - Min + 1) / (double)Residue.Modulus;

    /// <summary>"32768-60999".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Min}-{Max}");
}
