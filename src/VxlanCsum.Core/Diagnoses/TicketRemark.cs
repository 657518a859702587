namespace VxlanCsum.Diagnoses;

/// <summary>Something that a ticket shows beside what decides.</summary>
/// <param name="Id">A stable word for it.</param>
/// <param name="Message">In a sentence or two; escaped.</param>
internal sealed record TicketRemark(string Id, string Message)
{
    /// <summary>Where it was seen.</summary>
    public DiagnosisSource Source { get; init; } = DiagnosisSource.Capture;

    /// <summary>What shows it, and what to look at next; escaped.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];
}
