namespace VxlanCsum;

/// <summary>What a packet with the masquerade mark is.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum MarkedPacketLayer : byte
{
    /// <summary>Neither: it leaves by another way than a tunnel.</summary>
    Other = 0,

    /// <summary>Service traffic on its way into a tunnel: it is to be masqueraded, once.</summary>
    Inner = 1,

    /// <summary>A tunnel's packet that has kept the mark of what is in it: it is about to be masqueraded a second
    /// time.</summary>
    Encapsulated = 2,
}
