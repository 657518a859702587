namespace VxlanCsum;

/// <summary>How a service's DNS behaves; the numbers are the stalls that clients see.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum DnsSymptom : byte
{
    /// <summary>Every look-up was answered without anything being sent twice.</summary>
    Healthy = 0,

    /// <summary>Queries were lost, and what a resolver asks again five seconds later was answered.</summary>
    ResolverRetry5s = 1,

    /// <summary>First SYNs were lost, and a retransmitted one, after a second or a few, came through.</summary>
    SynRetransmit1s = 2,

    /// <summary>Connections came up only once the tunnel's NAT binding had expired, after 63 s.</summary>
    ConntrackExpiry63s = 3,

    /// <summary>Look-ups got no answer in the time given.</summary>
    NoAnswer = 4,

    /// <summary>The address or the server refused.</summary>
    Refused = 5,
}
