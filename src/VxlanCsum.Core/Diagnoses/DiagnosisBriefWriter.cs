using System.Globalization;
using VxlanCsum.Text;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Diagnoses;

/// <summary>Says in a dozen lines what a diagnosis comes to: nothing twice, and nothing of what is healthy.</summary>
internal static class DiagnosisBriefWriter
{
    /// <summary>Two lines of a terminal of 80 columns, less what stands in front of them.</summary>
    private const int MostText = 130;

    private const int MostUnseen = 3;

    public static DiagnosisBrief Write(NodeDiagnosis diagnosis, TunnelState? worst, CaptureJudgement capture)
    {
        string meaning = Meaning(diagnosis, worst, capture);

        // An array: what a collection expression makes of a read-only list, PowerShell cannot index.
        DiagnosisBriefLine[] lines =
        [
            .. Rule(diagnosis), .. Cure(diagnosis, capture), .. ForGood(worst),
            .. Proof(diagnosis, capture).Where(proof => proof.Text != meaning),
            .. Next(diagnosis),
            .. KeptBy(diagnosis), .. More(diagnosis),
        ];
        return new DiagnosisBrief
        {
            Headline = Headline(diagnosis, worst, capture),
            Meaning = meaning,
            Lines = lines,
        };
    }

    private static string Headline(NodeDiagnosis diagnosis, TunnelState? worst, CaptureJudgement capture)
    {
        string place = diagnosis.NetworkNamespace is { } name ? $" (network namespace {SafeText.Escape(name)})" : "";
        string cause = diagnosis.Cause == ChecksumCause.None ? "" : $", {diagnosis.Cause}";
        return $"{SafeText.Escape(diagnosis.NodeName)}{place}: {diagnosis.Verdict}{cause}"
            + Certainty(diagnosis, worst, capture);
    }

    private static string Certainty(NodeDiagnosis diagnosis, TunnelState? worst, CaptureJudgement capture) =>
        diagnosis.Verdict switch
        {
            DiagnosisVerdict.FaultActive when worst is { IsFault: true, IsDoubted: true } =>
                " (the rules say so; no tunnel flow of this moment shows it)",
            DiagnosisVerdict.FaultActive when worst is { IsFault: true, IsTranslatedByRules: true }
                && capture.Own is null && diagnosis.CaptureResults.Count > 0 =>
                " (the rules say so; the captured packets do not show it)",
            DiagnosisVerdict.FaultActive when worst is { IsFault: true, IsTranslatedByRules: true } =>
                " (certain: rules, devices and kernel leave no other way)",
            DiagnosisVerdict.FaultActive when worst is { IsFault: true } =>
                " (certain: NAT rewrites its tunnel packets right now)",
            DiagnosisVerdict.FaultActive when (capture.Own ?? capture.Foreign) is { } shown =>
                $" ({Percent(shown.Confidence)} sure, from packets)",
            DiagnosisVerdict.AtRisk => " (no packet was seen to be spoilt by this node)",
            _ => "",
        };

    private static string Meaning(NodeDiagnosis diagnosis, TunnelState? worst, CaptureJudgement capture) =>
        diagnosis.Verdict switch
        {
            DiagnosisVerdict.FaultActive when worst is { IsFault: true } =>
                $"{Translates(worst)}; receivers drop them.",
            DiagnosisVerdict.FaultActive when capture is { Own: null, Foreign: { } foreign } =>
                (diagnosis.Pieces.Count == 0 ? $"{foreign.OuterSource} spoils what it sends to this node. " : "")
                    + FirstSentence(foreign.Explanation),
            DiagnosisVerdict.FaultActive => FirstSentence(capture.Own?.Explanation ?? Heaviest(diagnosis)),
            DiagnosisVerdict.AtRisk when worst is { IsTranslatedByRules: true } =>
                $"{Translates(worst)}. Whether that spoils their checksums depends on devices and kernel.",
            DiagnosisVerdict.AtRisk when worst is { Trace.HarmlessSnatRule: not null } =>
                $"{Translates(worst)}. That is harmless only while their address and port stay the same.",
            DiagnosisVerdict.AtRisk => FirstSentence(Heaviest(diagnosis)),
            DiagnosisVerdict.Undecided when OtherCauses.Of(diagnosis) is { } other => FirstSentence(other.Message),
            DiagnosisVerdict.Undecided when diagnosis.Findings.Any(static f => f.Severity == FindingSeverity.Warning) =>
                $"There are signs of a fault. {FirstSentence(Heaviest(diagnosis))}",
            DiagnosisVerdict.Undecided when diagnosis.Pieces.Count > 0 =>
                "What is in the ticket shows nothing wrong, and does not decide.",
            DiagnosisVerdict.Undecided => "Nothing wrong was found, but not all that decides could be looked at.",
            _ => "No checksum fault: tunnel packets keep their address and port.",
        };

    private static string Translates(TunnelState worst)
    {
        string tunnel = SafeText.Escape(worst.Tunnel.Name);
        return worst.IsLeftOver ? $"Flows of {tunnel} that began before are still translated"
            : $"{Owner(worst.Trace?.OffendingRule ?? worst.Trace?.HarmlessSnatRule)} translates {tunnel}'s tunnel "
                + "packets a second time";
    }

    private static string Owner(NetfilterRule? rule) => rule?.Generation switch
    {
        RuleGeneration.G0 or RuleGeneration.G1 or RuleGeneration.G2 or RuleGeneration.NftGen1 or RuleGeneration.NftGen2
            or RuleGeneration.IpvsHairpin => "kube-proxy's rule",
        RuleGeneration.Flannel => "flannel's rule",
        RuleGeneration.Calico => "Calico's rule",
        null => "NAT",
        _ => "A rule",
    };

    private static IEnumerable<DiagnosisBriefLine> Rule(NodeDiagnosis diagnosis)
    {
        if (diagnosis.OffendingRule is { } rule)
        {
            string text = rule.Text;
            int target = text.IndexOf(" -j ", StringComparison.Ordinal);
            string does = target < 0 ? text : text[(target + 4)..];
            string mark = rule.Generation == RuleGeneration.G1 ? ", mark never cleared" : "";
            yield return new DiagnosisBriefLine("Rule", SafeText.Escape(
                $"{rule.Owner.Table.BackendName} {rule.Table} {rule.Chain} {rule.Number}: {does}", MostText) + mark);
        }
    }

    private static IEnumerable<DiagnosisBriefLine> Cure(NodeDiagnosis diagnosis, CaptureJudgement capture)
    {
        if (diagnosis.Mitigations is [{ } best, ..])
        {
            string where = diagnosis.Origin == EvidenceOrigin.Live ? ""
                : $" On {SafeText.Escape(diagnosis.NodeName)}:";
            yield return new DiagnosisBriefLine("Cure",
                $"{best.Kind}, cost: {best.Cost}. Undo-ChecksumMitigation -All undoes it.{where}",
                $"{Diagnose(diagnosis)} | Invoke-ChecksumMitigation -Confirm:$false");
        }
        else if (capture is { Own: null, Foreign.OuterSource: { } sender })
        {
            yield return new DiagnosisBriefLine("Cure",
                $"{(diagnosis.Pieces.Count == 0 ? "Not here. " : "")}On the node that owns {sender}:",
                "Get-ChecksumDiagnosis");
        }
        else if (diagnosis.Verdict == DiagnosisVerdict.FaultActive)
        {
            yield return new DiagnosisBriefLine("Cure", FirstSentence(diagnosis.Recommendation));
        }
    }

    private static IEnumerable<DiagnosisBriefLine> ForGood(TunnelState? worst) =>
        DiagnosisNarrative.ForGood(worst) is { } cure ? [new DiagnosisBriefLine("For good", cure)] : [];

    private static IEnumerable<DiagnosisBriefLine> Proof(NodeDiagnosis diagnosis, CaptureJudgement capture)
    {
        if (diagnosis.Verdict is not (DiagnosisVerdict.FaultActive or DiagnosisVerdict.AtRisk))
        {
            yield break;
        }

        if ((capture.Own ?? capture.Foreign) is { } shown)
        {
            yield return new DiagnosisBriefLine("Proof", string.Create(CultureInfo.InvariantCulture,
                $"{shown.BadPackets} of {shown.Packets} packets from {shown.OuterSource} are bad: "
                + $"{shown.Cause}, {Percent(shown.Confidence)} sure."));
        }
        else if (diagnosis.Findings.FirstOrDefault(static f => f.Id == "TranslatedFlow") is { } flows)
        {
            yield return new DiagnosisBriefLine("Proof", FirstSentence(flows.Message));
        }
        else if (diagnosis.Origin == EvidenceOrigin.Live && diagnosis.CaptureResults.Count == 0)
        {
            yield return new DiagnosisBriefLine("Proof", "No packet was looked at yet:",
                $"{Diagnose(diagnosis)} -CaptureSeconds 5");
        }
    }

    /// <summary>A node that is well only because of a mitigation is to be known as that.</summary>
    private static IEnumerable<DiagnosisBriefLine> KeptBy(NodeDiagnosis diagnosis) =>
        diagnosis.Findings.Where(static f => f.Id is "MitigationInEffect" or "MitigationDrifted")
            .Select(static f => new DiagnosisBriefLine(f.Id == "MitigationInEffect" ? "Cured by" : "Drifted",
                f.Message));

    /// <summary>What could not be looked at, and where all the rest is.</summary>
    private static IEnumerable<DiagnosisBriefLine> More(NodeDiagnosis diagnosis)
    {
        DiagnosisFinding[] unseen = [.. diagnosis.Findings.Where(static f => f.Severity == FindingSeverity.NotLooked)];
        foreach (DiagnosisFinding finding in unseen.Take(MostUnseen))
        {
            yield return new DiagnosisBriefLine("Not seen", FirstSentence(finding.Message));
        }

        string left = unseen.Length == 0 ? "nothing" : Phrase.Count(unseen.Length, "thing", "things");
        yield return new DiagnosisBriefLine("More",
            $"{Phrase.Count(diagnosis.Findings.Count, "finding", "findings")}, {left} left unseen: | Format-List");
    }

    private static string Diagnose(NodeDiagnosis diagnosis) => diagnosis.NetworkNamespace is { } name
        ? $"Get-ChecksumDiagnosis -NetworkNamespace {ScriptWord.Quote(SafeText.Escape(name))}"
            : "Get-ChecksumDiagnosis";

    /// <summary>Where it is another fault: what settles most.</summary>
    private static IEnumerable<DiagnosisBriefLine> Next(NodeDiagnosis diagnosis) =>
        OtherCauses.Of(diagnosis) is { Evidence: [{ } next, ..] }
            ? [new DiagnosisBriefLine("Next", next)] : [];

    private static string Heaviest(NodeDiagnosis diagnosis) => diagnosis.Findings
        .OrderByDescending(static f => f.Severity).ThenByDescending(static f => f.Id == OtherCauses.Id)
            .FirstOrDefault(static f => f.Severity is FindingSeverity.Fault or FindingSeverity.Warning)?.Message ?? "";

    private static string Percent(double share) =>
        // Never rounded up to a certainty that is not there.
        string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(share * 1000) / 10:0.#} %");

    /// <summary>Up to the first full stop, and no longer than fits.</summary>
    private static string FirstSentence(string text)
    {
        int end = text.IndexOf(". ", StringComparison.Ordinal);
        string first = end < 0 ? text : text[..(end + 1)];
        return first.Length <= 2 * MostText ? first : SafeText.Escape(first, 2 * MostText);
    }
}
