namespace VxlanCsum.Reports;

/// <summary>How grave an item is, in one vocabulary for all that can be reported; the greatest decides for a
/// report.</summary>
internal enum ReportLevel : byte
{
    /// <summary>It was judged, and nothing is wrong.</summary>
    Healthy = 0,

    /// <summary>It could not be judged, or not whole.</summary>
    Undecided = 1,

    /// <summary>What the fault grows from is there; the fault was not seen.</summary>
    AtRisk = 2,

    /// <summary>Packets are, or were, spoilt.</summary>
    Fault = 3,
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
