namespace VxlanCsum.Mitigations;

/// <summary>What is true of a kind of mitigation on every node.</summary>
/// <param name="Rank">1 is the best.</param>
/// <param name="Survives">What it outlives, and what not.</param>
internal sealed record MitigationEntry(
    MitigationKind Kind, int Rank, ChecksumDefect Cures, string Cost, string Survives, string Action, string[] Sources)
{
    /// <summary>It stands in the cluster, not on the node.</summary>
    public bool OutlivesReboot => Kind == MitigationKind.FelixChecksumOverride;

    /// <summary>What people see of it on a node; what its journal knows is still to be added.</summary>
    public ChecksumMitigation Describe(MitigationPlan plan) => new(Kind)
    {
        Rank = Rank,
        Applicable = plan.Applicable,
        Applied = plan.Applied,
        Cures = Cures,
        Cost = Cost,
        Survives = Survives,
        Reason = plan.Reason,
        Danger = plan.Danger,
        Commands = [.. plan.All.Select(static s => s.Step.CommandLine)],
        Missing = plan.Applicable ? [.. plan.Missing.Select(static s => s.CommandLine)] : [],
        Before = [.. plan.States.Select(static s => s.Before)],
        After = [.. plan.States.Select(static s => s.After)],
        Sources = Sources,
    };
}
