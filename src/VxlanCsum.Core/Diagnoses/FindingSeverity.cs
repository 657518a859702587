namespace VxlanCsum;

/// <summary>How much a finding weighs.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum FindingSeverity : byte
{
    /// <summary>Looked at, and as it should be.</summary>
    Good = 0,

    /// <summary>Good to know; it decides nothing.</summary>
    Information = 1,

    /// <summary>It could not be looked at; the finding says why, and what to do.</summary>
    NotLooked = 2,

    /// <summary>It can bring the fault about.</summary>
    Warning = 3,

    /// <summary>It shows the fault, or brings it about here.</summary>
    Fault = 4,
}
