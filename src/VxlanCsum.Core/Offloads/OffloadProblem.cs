namespace VxlanCsum.Offloads;

/// <summary>A place in a text of features that could not be read; the rest was.</summary>
/// <param name="Line">1-based.</param>
/// <param name="Message">For people; without control characters.</param>
internal sealed record OffloadProblem(long Line, string Message);
