namespace VxlanCsum.Mitigations;

/// <summary>What a mitigation would do on a node as it is now.</summary>
internal sealed record MitigationPlan
{
    public required MitigationKind Kind { get; init; }

    /// <summary>Null where it can be applied, or is.</summary>
    public string? Obstacle { get; init; }

    /// <summary>What there is to say about it here: what it does, and where.</summary>
    public string Reason { get; init; } = string.Empty;

    /// <summary>All its steps, whether they are in effect or not.</summary>
    public IReadOnlyList<PlannedStep> All { get; init; } = [];

    /// <summary>What breaks here; null where nothing does, so that no -Force is needed.</summary>
    public string? Danger { get; init; }

    public bool Applicable => Obstacle is null && All.Count > 0;

    /// <summary>Everything it would do is in effect.</summary>
    public bool Applied => Obstacle is null && States.Any() && All.All(static s => s.InEffect);

    /// <summary>What is left to do: nothing where all is in effect.</summary>
    public IReadOnlyList<MitigationStep> Missing =>
        Applied ? []
            : [.. All.Where(static s => !s.InEffect || s.Step.Type == MitigationStepType.Flush)
                .Select(static s => s.Step)];

    /// <summary>The steps that lead from one state to another; flushing does not.</summary>
    public IEnumerable<PlannedStep> States => All.Where(static s => s.Step.Type != MitigationStepType.Flush);

    public static MitigationPlan Impossible(MitigationKind kind, string obstacle) =>
        new() { Kind = kind, Obstacle = obstacle, Reason = obstacle };
}

/// <summary>A step, and whether its effect is there already.</summary>
/// <param name="Before">The state now, in words.</param>
/// <param name="After">The state that the step leads to, in words.</param>
internal sealed record PlannedStep(MitigationStep Step, bool InEffect, string Before, string After)
{
    /// <summary>Its rule is there, but behind others that decide before it.</summary>
    public bool IsDisplaced { get; init; }
}
