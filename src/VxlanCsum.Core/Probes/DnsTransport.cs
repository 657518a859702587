namespace VxlanCsum;

/// <summary>What a DNS query travels in.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum DnsTransport : byte
{
    /// <summary>A datagram, as resolvers ask first.</summary>
    Udp = 0,

    /// <summary>A connection, as `nslookup -vc` asks.</summary>
    Tcp = 1,
}
