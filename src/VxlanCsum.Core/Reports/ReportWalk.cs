namespace VxlanCsum.Reports;

/// <summary>A packet's walk through the rules.</summary>
internal sealed record ReportWalk
{
    /// <summary>The rule to change, as its tool writes it; null where there is none.</summary>
    public string? OffendingRule { get; init; }

    /// <summary>The chain of the rule to change; null where it is not known.</summary>
    public string? OffendingChain { get; init; }

    /// <summary>The rule that translates the encapsulated packet; null where none does.</summary>
    public string? SnatRule { get; init; }

    public string? InnerPacket { get; init; }

    public string? EncapsulatedPacket { get; init; }

    public IReadOnlyList<ReportStep> Steps { get; init; } = [];

    /// <summary>The walk as indented text, for where the steps did not arrive (an object that was serialised
    /// flat).</summary>
    public string Text { get; init; } = string.Empty;
}

/// <summary>One step of a walk.</summary>
internal sealed record ReportStep
{
    /// <summary>"Inner" or "Encapsulated".</summary>
    public string Pass { get; init; } = string.Empty;

    public string Hook { get; init; } = string.Empty;

    /// <summary>Null for a note about the whole pass.</summary>
    public string? Chain { get; init; }

    public string? Table { get; init; }

    public int Depth { get; init; }

    /// <summary>0, or the number of the branch where something unknown made several.</summary>
    public int Branch { get; init; }

    /// <summary>1-based; null where the step is not about a rule.</summary>
    public long? RuleNumber { get; init; }

    public string? Rule { get; init; }

    /// <summary>"None", "Match", "NoMatch" or "Unknown".</summary>
    public string Outcome { get; init; } = "None";

    public string MarkBefore { get; init; } = string.Empty;

    public string MarkAfter { get; init; } = string.Empty;

    public string Note { get; init; } = string.Empty;

    /// <summary>It is the rule to change.</summary>
    public bool IsOffending { get; init; }
}
