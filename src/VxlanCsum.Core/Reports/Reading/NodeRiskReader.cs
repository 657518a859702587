namespace VxlanCsum.Reports.Reading;

/// <summary>A <see cref="NodeRisk"/>.</summary>
internal static class NodeRiskReader
{
    public static ReportItem Read(ReportObject given)
    {
        string name = given.Word(nameof(NodeRisk.Name)), risk = given.Word(nameof(NodeRisk.Risk));
        return new ReportItem
        {
            Kind = ReportKind.NodeRisk,
            Subject = name,
            Node = name,
            Level = ItemReader.Level(given.Text(nameof(NodeRisk.Verdict))) ?? OfRisk(risk),
            Verdict = risk,
            Group = given.Text(nameof(NodeRisk.KernelVersion)) ?? "kernel unknown",
            Explanation = given.Word(nameof(NodeRisk.Reason)),
            Advice = risk == nameof(NodeRiskLevel.Low) ? string.Empty
                : "Get-ChecksumDiagnosis on the node decides: a version proves nothing.",
            Commands = risk == nameof(NodeRiskLevel.Low) ? [] : [new ReportCommand($"On {name}, as root:",
                "Get-ChecksumDiagnosis")],
            Facts = ItemReader.Facts(
                (nameof(NodeRisk.Verdict), given.Text(nameof(NodeRisk.Verdict))),
                (nameof(NodeRisk.Cause), given.Text(nameof(NodeRisk.Cause))),
                (nameof(NodeRisk.Diagnosed), given.Time(nameof(NodeRisk.Diagnosed)) is { } time ? ReportText.Time(time)
                    : null),
                (nameof(NodeRisk.Cure), ItemReader.Joined(given.Texts(nameof(NodeRisk.Cure)))),
                (nameof(NodeRisk.Cluster), given.Text(nameof(NodeRisk.Cluster))),
                (nameof(NodeRisk.KernelVersion), given.Text(nameof(NodeRisk.KernelVersion))),
                (nameof(NodeRisk.OSImage), given.Text(nameof(NodeRisk.OSImage))),
                (nameof(NodeRisk.Kubelet), given.Text(nameof(NodeRisk.Kubelet))),
                (nameof(NodeRisk.ContainerRuntime), given.Text(nameof(NodeRisk.ContainerRuntime))),
                (nameof(NodeRisk.KubeProxyMode), given.Text(nameof(NodeRisk.KubeProxyMode))),
                (nameof(NodeRisk.KubeProxyVersion), given.Text(nameof(NodeRisk.KubeProxyVersion))),
                (nameof(NodeRisk.Cni), given.Text(nameof(NodeRisk.Cni))),
                (nameof(NodeRisk.CniVersion), given.Text(nameof(NodeRisk.CniVersion))),
                (nameof(NodeRisk.VxlanMode), given.Text(nameof(NodeRisk.VxlanMode)))),
            Evidence = [.. given.Texts(nameof(NodeRisk.Notes)).Select(static t => new ReportEvidence("Note", null, t)),
                .. given.Children(nameof(NodeRisk.Advisories))
                    .Select(static a => new ReportEvidence("Advisory",
                        a.Text(nameof(Advisory.Version)) is null ? null : a.ToString(),
                        a.Text(nameof(Advisory.Message)) ?? a.ToString()))],
        };
    }

    /// <summary>Of versions alone: they never show a fault.</summary>
    private static ReportLevel OfRisk(string risk) => risk switch
    {
        nameof(NodeRiskLevel.Likely) => ReportLevel.AtRisk,
        nameof(NodeRiskLevel.Low) => ReportLevel.Low,
        _ => ReportLevel.Undecided,
    };
}
