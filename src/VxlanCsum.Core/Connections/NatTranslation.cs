namespace VxlanCsum;

/// <summary>What NAT rewrites of a flow's packets.</summary>
[Flags]
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum NatTranslation : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The source port.</summary>
    SourcePort = 1,

    /// <summary>The source address.</summary>
    SourceAddress = 2,

    /// <summary>The destination address or port.</summary>
    Destination = 4,
}
