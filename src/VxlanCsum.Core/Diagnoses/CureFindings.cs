using System.Globalization;
using VxlanCsum.Mitigations;

namespace VxlanCsum.Diagnoses;

/// <summary>What keeps the fault away here: a node that is well only because of a mitigation is to be known as
/// that.</summary>
internal static class CureFindings
{
    public static void Add(FindingList findings, NodeEvidence evidence)
    {
        foreach (MitigationEntry entry in MitigationCatalog.All)
        {
            AppliedMitigation? applied = evidence.Applied.LastOrDefault(a => a.Kind == entry.Kind);
            MitigationPlan plan = MitigationPlanner.Plan(entry.Kind, evidence.Facts);
            bool isRule = plan.All.Any(static s => s.Step.Rule is { Removes: false });
            bool isInEffect = applied?.IsInEffect ?? plan.Applied;
            if (isInEffect && (applied is not null || isRule))
            {
                findings.Add("MitigationInEffect", FindingSeverity.Information, DiagnosisSource.Mitigations,
                    $"{entry.Kind} is in effect"
                    + $"{(applied is null ? "; the journal does not know since when" : " since " + Time(applied))}. "
                    + $"{Fate(entry, applied)}");
            }
            else if (applied is { IsInEffect: false } || (applied is not null && plan.Obstacle is null))
            {
                findings.Add("MitigationDrifted", FindingSeverity.Information, DiagnosisSource.Mitigations,
                    $"{entry.Kind} was applied on {Time(applied)} and is not in effect any more. "
                    + $"Get-ChecksumMitigation {entry.Kind} says why.");
            }
        }
    }

    private static string Time(AppliedMitigation applied) =>
        string.Create(CultureInfo.InvariantCulture, $"{applied.Since:yyyy-MM-dd HH:mm:ss} UTC ({applied.Id})");

    private static string Fate(MitigationEntry entry, AppliedMitigation? applied) =>
        applied is { Persisted: true } ? "It is applied again after a reboot."
        : applied is null || entry.OutlivesReboot ? entry.Survives
        : $"It is not persisted. {entry.Survives}";
}
