namespace VxlanCsum.Verdicts;

/// <summary>Which UDP destination ports carry which tunnel.</summary>
internal sealed class TunnelPorts
{
    /// <summary>IANA's VXLAN port, and the one Linux and flannel had before it.</summary>
    public static readonly ushort[] DefaultVxlan = [4789, 8472];

    private const ushort VxlanGpe = 4790, Geneve = 6081;
    private readonly TunnelType[] _byPort = new TunnelType[ushort.MaxValue + 1];

    /// <param name="vxlan">Ports that carry VXLAN; they win over the fixed ports of VXLAN-GPE and Geneve.</param>
    public TunnelPorts(IEnumerable<ushort>? vxlan = null)
    {
        _byPort[VxlanGpe] = TunnelType.VxlanGpe;
        _byPort[Geneve] = TunnelType.Geneve;
        foreach (ushort port in vxlan ?? DefaultVxlan)
        {
            _byPort[port] = TunnelType.Vxlan;
        }
    }

    public TunnelType this[ushort destinationPort] => _byPort[destinationPort];
}
