namespace VxlanCsum;

/// <summary>How a packet is encapsulated.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum TunnelType : byte
{
    /// <summary>Not encapsulated.</summary>
    None = 0,
    /// <summary>VXLAN, RFC 7348 (UDP 4789; Linux and flannel 8472).</summary>
    Vxlan = 1,
    /// <summary>VXLAN Generic Protocol Extension (UDP 4790).</summary>
    VxlanGpe = 2,
    /// <summary>Geneve, RFC 8926 (UDP 6081).</summary>
    Geneve = 3,
    /// <summary>GRE, RFC 2784 and 2890.</summary>
    Gre = 4,
    /// <summary>NVGRE, RFC 7637: GRE with Ethernet inside and a virtual subnet in its key.</summary>
    Nvgre = 5,
    /// <summary>IPv4 in IPv4.</summary>
    IpIp = 6,
    /// <summary>IPv6 in IPv4 (sit).</summary>
    SixInFour = 7,
    /// <summary>IPv4 in IPv6.</summary>
    FourInSix = 8,
    /// <summary>IPv6 in IPv6.</summary>
    SixInSix = 9,
}
