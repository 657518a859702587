using System.Globalization;
using System.Net;
using VxlanCsum.Causes;

namespace VxlanCsum.Diagnoses;

/// <summary>What the packets say, and whose fault it is.</summary>
/// <param name="Own">The fault in packets that this node sends.</param>
/// <param name="Foreign">The fault in packets that come from elsewhere.</param>
/// <param name="Suspect">What unfinished packets hint at.</param>
internal sealed record CaptureJudgement(VxlanChecksumResult? Own, VxlanChecksumResult? Foreign, ChecksumCause? Suspect);

/// <summary>Findings from a capture.</summary>
internal static class CaptureFindings
{
    // The first few say what the rest repeats.
    private const int MostEvidence = 8;

    public static CaptureJudgement Add(FindingList findings, NodeEvidence evidence)
    {
        if (evidence.Capture is not { } capture)
        {
            return new CaptureJudgement(null, null, null);
        }

        VxlanChecksumResult[] tunnels = [.. capture.Results.Where(static r => r.TunnelType != TunnelType.None)];
        string places = string.Join(", ", capture.Places);
        if (tunnels.Length == 0)
        {
            findings.Add("CaptureEmpty", FindingSeverity.Information, DiagnosisSource.Capture, capture.Packets == 0
                ? $"No packet was captured on {places}: it shows nothing, neither good nor bad."
                : capture.Packets == 1 ? $"The one packet of {places} is no tunnel's: it shows nothing of one."
                : string.Create(CultureInfo.InvariantCulture,
                    $"None of the {capture.Packets} packets of {places} is a tunnel's: they show nothing of one."));
        }

        foreach (VxlanChecksumResult result in capture.Results)
        {
            string direction = $"{result.OuterSource} -> {result.OuterDestination}";
            string[] shown = [.. result.Evidence.Take(MostEvidence).Select(static e => e.ToString()!)];
            if (result.IsFault)
            {
                // What is wrong outside of tunnels is no tunnel's fault.
                findings.Add(result.Cause.ToString(),
                    result.TunnelType == TunnelType.None ? FindingSeverity.Information : FindingSeverity.Fault,
                    DiagnosisSource.Capture, result.Explanation, shown);
            }
            else if (result.UnfinishedOnArrival)
            {
                findings.Add("UnfinishedOnArrival", FindingSeverity.Warning, DiagnosisSource.Capture,
                    result.Explanation, shown);
            }
            else if (result.TunnelType != TunnelType.None && result.OuterSnatSuspected)
            {
                findings.Add("OuterSnat", FindingSeverity.Warning, DiagnosisSource.Capture, result.Explanation, shown);
            }
            else if (result.TunnelType != TunnelType.None)
            {
                findings.Add("CaptureClean", result.Cause == ChecksumCause.NotVerifiable ? FindingSeverity.Information
                    : FindingSeverity.Good, DiagnosisSource.Capture,
                    string.Create(CultureInfo.InvariantCulture,
                        $"{direction}: {result.Packets} packets, {result.Cause}. {result.Explanation}"));
            }
        }

        foreach (PacketSign sign in capture.Signs.DistinctBy(static s => s.Id))
        {
            findings.Add(sign.Id, FindingSeverity.Information, DiagnosisSource.Capture, sign.Message);
        }

        VxlanChecksumResult[] faults = [.. tunnels.Where(static r => r.IsFault)];
        return new CaptureJudgement(
            faults.FirstOrDefault(r => IsOwn(r, evidence)), faults.FirstOrDefault(r => !IsOwn(r, evidence)),
            tunnels.Any(static r => r.UnfinishedOnArrival) ? ChecksumCause.OffloadForgotten : null);
    }

    /// <summary>The node's packets, also where only NAT gave them their source.</summary>
    public static bool IsOwn(VxlanChecksumResult result, NodeEvidence evidence) =>
        (IPAddress.TryParse(result.OuterSource, out IPAddress? source) && Owns(evidence, source))
            || (result.ImpliedOriginalAddress is { } before && Owns(evidence, before));

    private static bool Owns(NodeEvidence evidence, IPAddress address) =>
        evidence.Addresses.Contains(address) || evidence.Facts.Tunnels.Any(t => address.Equals(t.Local));
}
