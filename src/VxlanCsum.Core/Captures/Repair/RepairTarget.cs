namespace VxlanCsum;

/// <summary>Which checksums of a packet are made right.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum RepairTarget
{
    /// <summary>Those of every layer.</summary>
    All,

    /// <summary>Those outside any tunnel: what routers and the receiving node check.</summary>
    Outer,

    /// <summary>Those inside a tunnel, however deep; an outer checksum that covered them may be wrong
    /// afterwards.</summary>
    Inner,
}
