namespace VxlanCsum;

/// <summary>What a version suggests. None of them says that a node is not affected: no version can.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum AdvisorySuggestion : byte
{
    /// <summary>Nothing is known of this version: backports make it either.</summary>
    Unknown = 0,

    /// <summary>This version has the defect, or writes the rule that brings it out.</summary>
    Affected,

    /// <summary>This version holds the correction of this defect. Others, and stale rules, remain.</summary>
    FixIncluded,

    /// <summary>This version switches the offload off by itself, which hides the fault and costs throughput.</summary>
    WorksAround,
}
