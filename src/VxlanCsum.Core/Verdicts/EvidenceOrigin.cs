namespace VxlanCsum;

/// <summary>Whether something was found on a node as it is, or in what was saved of one.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum EvidenceOrigin : byte
{
    /// <summary>It is not known.</summary>
    Unknown = 0,

    /// <summary>On the node itself, at the time that is given.</summary>
    Live = 1,

    /// <summary>In files or text, from whichever node.</summary>
    Saved = 2,
}
