namespace VxlanCsum;

/// <summary>What a diagnosis comes to. The numbers are the exit codes that monitors know (0 OK, 1 warning, 2 critical,
/// 3 unknown).</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum DiagnosisVerdict : byte
{
    /// <summary>Everything that decides was looked at, and tunnel packets stay as they are.</summary>
    Healthy = 0,

    /// <summary>Something on the node can bring the fault about, but was not seen to.</summary>
    AtRisk = 1,

    /// <summary>The fault is there: packets are spoilt, or the rules and the devices together leave them no other
    /// way.</summary>
    FaultActive = 2,

    /// <summary>What decides could not be looked at, or depends on what is not known. Never taken for
    /// healthy.</summary>
    Undecided = 3,
}
