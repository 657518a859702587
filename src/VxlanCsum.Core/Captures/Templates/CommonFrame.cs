namespace VxlanCsum.Captures.Templates;

/// <summary>The sizes in bytes of what most frames of an overlay are made of: Ethernet, IPv4 without options, UDP,
/// VXLAN.</summary>
internal static class CommonFrame
{
    public const int EthernetSize = 14, IPv4Size = 20, UdpSize = 8, VxlanSize = 8;

    /// <summary>From the outer UDP header to the inner transport header.</summary>
    public const int Encapsulation = UdpSize + VxlanSize + EthernetSize + IPv4Size;
}
