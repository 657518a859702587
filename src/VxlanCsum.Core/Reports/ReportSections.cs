namespace VxlanCsum.Reports;

/// <summary>What the parts of a report are called.</summary>
internal static class ReportSections
{
    /// <summary>The heading of a kind.</summary>
    public static string Title(ReportKind kind) => kind switch
    {
        ReportKind.Diagnosis => "Nodes diagnosed",
        ReportKind.NodeRisk => "Nodes by what the cluster tells of them",
        ReportKind.Tunnel => "Tunnel directions",
        ReportKind.Capture => "Captures",
        ReportKind.Trace => "Walks through the rules",
        _ => "Mitigations",
    };

    /// <summary>What an item of a kind is about.</summary>
    public static string Subject(ReportKind kind) => kind switch
    {
        ReportKind.Diagnosis or ReportKind.NodeRisk => "Node",
        ReportKind.Tunnel => "Direction",
        ReportKind.Capture => "Capture",
        ReportKind.Trace => "Packet",
        _ => "Mitigation",
    };
}
