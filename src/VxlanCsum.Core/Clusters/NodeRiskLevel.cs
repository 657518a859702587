namespace VxlanCsum;

/// <summary>How likely the fault is on a node, as far as a cluster's API tells. None of them says that a node is not
/// affected: only its rules and packets can.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum NodeRiskLevel : byte
{
    /// <summary>Too little could be read to say anything.</summary>
    Unknown = 0,

    /// <summary>What was read holds nothing that brings the fault out, or something that hides it. No proof: rules may
    /// be stale.</summary>
    Low,

    /// <summary>Some of what the fault needs is there, or could not be ruled out.</summary>
    Possible,

    /// <summary>All that the fault needs is there, by configuration and versions: a VXLAN, a kernel with a defect, a
    /// second translation.</summary>
    Likely,
}
