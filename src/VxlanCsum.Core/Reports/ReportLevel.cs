namespace VxlanCsum.Reports;

/// <summary>How grave an item is, in one vocabulary for all that can be reported; the greatest decides for a
/// report.</summary>
internal enum ReportLevel : byte
{
    /// <summary>It was judged, and nothing is wrong.</summary>
    Healthy = 0,

    /// <summary>Nothing that is known of a node brings the fault out; the node itself was not looked at.</summary>
    Low = 1,

    /// <summary>It could not be judged, or not whole.</summary>
    Undecided = 2,

    /// <summary>What the fault grows from is there; the fault was not seen.</summary>
    AtRisk = 3,

    /// <summary>Packets are, or were, spoilt.</summary>
    Fault = 4,
}

/// <summary>The type of an item.</summary>
internal enum ReportKind : byte
{
    /// <summary>NodeDiagnosis.</summary>
    Diagnosis = 0,

    /// <summary>NodeRisk.</summary>
    NodeRisk = 1,

    /// <summary>VxlanChecksumResult.</summary>
    Tunnel = 2,

    /// <summary>CaptureSummary.</summary>
    Capture = 3,

    /// <summary>RuleTrace.</summary>
    Trace = 4,

    /// <summary>MitigationReceipt.</summary>
    Mitigation = 5,
}
