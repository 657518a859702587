using System.Globalization;

namespace VxlanCsum.Diagnoses;

/// <summary>What counters, look-ups, the kernel's behaviour and versions say.</summary>
internal static class SymptomFindings
{
    public static void Add(FindingList findings, NodeEvidence evidence, IReadOnlyList<Advisory> advisories)
    {
        Counters(findings, evidence.Counters);
        Probes(findings, evidence.Probes);
        foreach (KernelDefectResult defect in evidence.KernelDefects)
        {
            findings.Add($"KernelDefect{defect.Defect}", FindingSeverity.Information, DiagnosisSource.Kernel,
                $"The kernel {defect.KernelRelease} {(defect.Present ? "has" : "does not have")} defect "
                + $"{defect.Defect}, as was tried.", defect.Evidence);
        }

        foreach (Advisory advisory in advisories)
        {
            findings.Add(advisory.Id, FindingSeverity.Information, DiagnosisSource.Versions,
                $"{advisory.Subject} {advisory.Version}: {advisory.Message}", advisory.Sources);
        }
    }

    private static void Counters(FindingList findings, IReadOnlyList<ChecksumErrorCounter> counters)
    {
        // InHdrErrors counts more than checksums.
        ChecksumErrorCounter[] checksums = [.. counters.Where(static c => c.Counter == "InCsumErrors")];
        ChecksumErrorCounter[] rising = [.. checksums.Where(static c => c.Delta > 0)],
            past = [.. checksums.Where(static c => c.Value > 0)];
        if (rising.Length > 0)
        {
            findings.Add("CountersRising", FindingSeverity.Warning, DiagnosisSource.Counters,
                "This node drops packets for their checksums now: someone sends it spoilt ones. The fault is where "
                + "they come from; a capture here names the sender, and Get-ChecksumDiagnosis there the cause.",
                rising.Select(
                    static c => string.Create(CultureInfo.InvariantCulture, $"{c}, {c.Delta} more within the look")));
        }
        else if (past.Length > 0)
        {
            findings.Add("CountersNotZero", FindingSeverity.Information, DiagnosisSource.Counters,
                "This node dropped packets for their checksums at some time since it was booted"
                + (past.All(static c => c.Delta is null) ? "; whether it still does, a second reading shows."
                    : ", and none while it was looked at."), past.Select(static c => c.ToString()));
        }
        else if (checksums.Length > 0)
        {
            findings.Add("CountersQuiet", FindingSeverity.Good, DiagnosisSource.Counters,
                "This node has dropped no packet for its checksum.");
        }
    }

    private static void Probes(FindingList findings, IReadOnlyList<DnsProbeResult> probes)
    {
        foreach (DnsProbeResult probe in probes)
        {
            FindingSeverity severity = probe.Symptom switch
            {
                DnsSymptom.Healthy => FindingSeverity.Good,
                DnsSymptom.Refused => FindingSeverity.Information,
                _ => FindingSeverity.Warning,
            };
            findings.Add($"Probe{probe.Symptom}", severity, DiagnosisSource.Probe,
                $"{probe.Transport} to {probe.Server} port {probe.Port.ToString(CultureInfo.InvariantCulture)}: "
                + $"{probe.Mechanism}",
                probe.Attempts.Select(static a => a.ToString()));
        }
    }
}
