namespace VxlanCsum;

/// <summary>What the rules do to a service packet once it is in the tunnel.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum TraceVerdict : byte
{
    /// <summary>The encapsulated packet keeps its address and port: no fault from these rules.</summary>
    Safe = 0,

    /// <summary>The encapsulated packet is SNATed, and its address or port changes: the fault.</summary>
    DoubleSnat = 1,

    /// <summary>The encapsulated packet is SNATed to a port chosen anew (--random-fully): the fault at its most
    /// frequent.</summary>
    DoubleSnatWithRandomPort = 2,

    /// <summary>It depends on something that is not known; the explanation says on what.</summary>
    Undecided = 3,
}
