namespace VxlanCsum;

/// <summary>Which packets a table sees.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum NetfilterFamily : byte
{
    /// <summary>IPv4 (iptables; nft's "ip").</summary>
    IPv4 = 0,

    /// <summary>IPv6 (ip6tables; nft's "ip6").</summary>
    IPv6 = 1,

    /// <summary>Both (nft's "inet").</summary>
    Inet = 2,

    /// <summary>ARP; never walked here.</summary>
    Arp = 3,

    /// <summary>Bridged frames; never walked here.</summary>
    Bridge = 4,

    /// <summary>A device's ingress or egress; never walked here.</summary>
    Netdev = 5,
}
