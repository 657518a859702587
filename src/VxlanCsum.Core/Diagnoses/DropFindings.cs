using System.Globalization;

namespace VxlanCsum.Diagnoses;

/// <summary>What the packets say that the kernel dropped for their checksum: who spoils what he sends here.</summary>
internal static class DropFindings
{
    // The first few say what the rest repeats.
    private const int MostEvidence = 8;

    public static CaptureJudgement Add(FindingList findings, NodeEvidence evidence)
    {
        if (evidence.Drops is not { } drops)
        {
            return new CaptureJudgement(null, null, null);
        }

        VxlanChecksumResult[] tunnels = [.. drops.Results.Where(static r => r.TunnelType != TunnelType.None)],
            spoilt = [.. tunnels.Where(IsSpoilt)];
        foreach (VxlanChecksumResult result in drops.Results)
        {
            // A single damaged packet is bad luck; NAT does it again and again.
            findings.Add("PacketsDropped", IsSpoilt(result) ? FindingSeverity.Fault : FindingSeverity.Warning,
                DiagnosisSource.Drops,
                string.Create(CultureInfo.InvariantCulture,
                    $"{Sender(result, evidence)}: the kernel dropped {result.Packets} of its packets for their "
                    + $"checksum while it was looked at. {result.Explanation}"),
                result.Evidence.Take(MostEvidence).Select(static e => e.ToString()!));
        }

        if (drops.Packets == 0)
        {
            findings.Add("NothingDropped", FindingSeverity.Good, DiagnosisSource.Drops,
                "The kernel dropped no tunnel packet for its checksum while it was looked at.");
        }

        return new CaptureJudgement(
            spoilt.FirstOrDefault(r => CaptureFindings.IsOwn(r, evidence)),
            spoilt.FirstOrDefault(r => !CaptureFindings.IsOwn(r, evidence)), null);
    }

    private static bool IsSpoilt(VxlanChecksumResult result) =>
        result is
        {
            TunnelType: not TunnelType.None,
            Cause: ChecksumCause.NatLocalChecksum or ChecksumCause.NatZeroChecksum or ChecksumCause.StaleAfterNat
                or ChecksumCause.OffloadForgotten
        };

    private static string Sender(VxlanChecksumResult result, NodeEvidence evidence) =>
        CaptureFindings.IsOwn(result, evidence)
        ? $"This node, as {result.OuterSource}, spoils what it sends to itself"
        : IsSpoilt(result) ? $"{result.OuterSource} spoils what it sends to this node"
            : $"Packets come damaged from {result.OuterSource ?? "elsewhere"}";
}
