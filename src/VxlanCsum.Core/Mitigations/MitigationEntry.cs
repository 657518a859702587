namespace VxlanCsum.Mitigations;

/// <summary>What is true of a kind of mitigation on every node.</summary>
/// <param name="Rank">1 is the best.</param>
/// <param name="Survives">What it outlives, and what not.</param>
internal sealed record MitigationEntry(
    MitigationKind Kind, int Rank, ChecksumDefect Cures, string Cost, string Survives, string Action, string[] Sources);
