using System.Text;

namespace VxlanCsum.Diagnoses;

/// <summary>Says in plain words what a diagnosis comes to, and what to do.</summary>
internal static class DiagnosisNarrative
{
    public static string Explain(NodeDiagnosis diagnosis, TunnelState? worst, CaptureJudgement capture)
    {
        var text = new StringBuilder();
        string node = diagnosis.NodeName;
        DiagnosisFinding[] open = [.. diagnosis.Findings.Where(static f => f.Severity == FindingSeverity.NotLooked)];
        switch (diagnosis.Verdict)
        {
            case DiagnosisVerdict.FaultActive when diagnosis.Pieces.Count > 0
                && (capture.Own ?? capture.Foreign) is { } shown:
                text.Append($"{shown.OuterSource ?? "Somebody"} sends packets that receivers drop. ")
                    .Append(shown.Explanation);
                if (worst is { IsTranslatedByRules: true })
                {
                    text.Append(" The rules in the ticket have the fault as well: ").Append(worst.Trace!.Explanation);
                }

                break;
            case DiagnosisVerdict.FaultActive when (capture.Own ?? capture.Foreign) is { } shown:
                text.Append(capture.Own is null ? $"{node} receives packets that are spoilt where they come from. "
                    : $"{node} sends packets that receivers drop. ").Append(shown.Explanation);
                if (worst is { IsTranslatedByRules: true })
                {
                    text.Append(capture.Own is null ? " Its own rules have the fault as well: "
                        : " The rules say the same: ").Append(worst.Trace!.Explanation);
                }

                break;
            case DiagnosisVerdict.FaultActive:
                text.Append($"{node} spoils tunnel packets. ").Append(First(diagnosis, FindingSeverity.Fault));
                if (diagnosis.CaptureResults.Count + diagnosis.DropResults.Count == 0)
                {
                    text.Append(worst is { IsDoubted: true }
                        ? " But NAT rewrites none of the tunnel flows of this moment. -CaptureSeconds shows on the "
                            + "wire which of the two is so."
                        : " No packet was looked at for this: rules, devices and kernel leave no other way. "
                            + "-CaptureSeconds shows it on the wire.");
                }

                break;
            case DiagnosisVerdict.AtRisk:
                text.Append(
                    worst is null ? $"Nothing on {node} itself brings the fault about, but there are signs of one. "
                        : $"{node} was not seen to spoil packets, but can come to. ")
                        .Append(First(diagnosis, FindingSeverity.Warning));
                break;
            case DiagnosisVerdict.Undecided when OtherCauses.Of(diagnosis) is { } other:
                text.Append(other.Message);
                break;
            case DiagnosisVerdict.Undecided:
                text.Append(diagnosis.Findings.Any(static f => f.Severity == FindingSeverity.Warning)
                    ? $"There are signs of a fault on {node}, but not all that decides could be looked at. "
                        + $"{First(diagnosis, FindingSeverity.Warning)}"
                    : $"Nothing wrong was found on {node}, but not all that decides could be looked at.");
                break;
            default:
                text.Append(
                    $"No checksum fault on {node}: its tunnel packets keep their address and port, and with them "
                    + "their checksums. ")
                    .Append(First(diagnosis, FindingSeverity.Good, "RulesSafe"));
                break;
        }

        foreach (DiagnosisFinding finding in open)
        {
            text.Append(' ').Append(finding.Message);
        }

        return text.ToString().TrimEnd();
    }

    public static string Recommend(NodeDiagnosis diagnosis, TunnelState? worst, CaptureJudgement capture)
    {
        var text = new StringBuilder();
        if (diagnosis.Mitigations.Count > 0)
        {
            ChecksumMitigation best = diagnosis.Mitigations[0];
            text.Append(
                $"{best.Kind} cures it here (cost: {best.Cost}): pipe this diagnosis to Invoke-ChecksumMitigation. ");
        }

        if (capture is { Own: null, Foreign: { } foreign })
        {
            text.Append(foreign.Recommendation).Append(' ');
        }
        else if (capture.Own is { } own && worst is null)
        {
            text.Append(own.Recommendation).Append(' ');
        }

        if (ForGood(worst) is { } cure)
        {
            text.Append("For good: ").Append(cure);
        }

        if (text.Length == 0)
        {
            text.Append(diagnosis.Verdict switch
            {
                DiagnosisVerdict.Healthy => "Nothing is to be done.",
                _ when OtherCauses.Of(diagnosis) is { } other => "Next: " + string.Join(" Then: ", other.Evidence),
                DiagnosisVerdict.Undecided => "See to what could not be looked at, and diagnose again.",
                _ => "Look at the findings one by one.",
            });
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>What has the rule go, or do no harm, from its source on; null where no rule is to blame.</summary>
    public static string? ForGood(TunnelState? worst) => worst?.Trace switch
    {
        null => null,
        { OffendingRule.Generation: RuleGeneration.G1 } =>
            "kube-proxy 1.16.13, 1.17.9, 1.18.6, 1.19 or later; where it runs already, this rule is a leftover that "
            + "a reboot removes.",
        { OffendingRule.Generation: RuleGeneration.Calico } =>
            "Calico 3.28.2 or 3.29, whose rules leave marked packets to kube-proxy.",
        { OffendingRule.Generation: RuleGeneration.Flannel } =>
            "flannel 0.20.2 or later, whose rules leave marked packets to kube-proxy.",
        { OffendingRule: null, HarmlessSnatRule: not null } =>
            "kube-proxy 1.16.13, 1.17.9, 1.18.6, 1.19 or later clears the mark.",
        { OffendingRule: null } => null,
        _ => "have that rule leave marked packets, or the tunnel's, alone.",
    };

    private static string First(NodeDiagnosis diagnosis, FindingSeverity severity, string? id = null) =>
        diagnosis.Findings.FirstOrDefault(f => f.Severity == severity && (id is null || f.Id == id))?.Message ?? "";
}
