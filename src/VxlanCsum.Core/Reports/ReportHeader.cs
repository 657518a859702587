namespace VxlanCsum.Reports;

/// <summary>What stands above a report.</summary>
/// <param name="Title">As the user gave it.</param>
/// <param name="Created">When it was made, UTC.</param>
/// <param name="Origin">The machine that made it.</param>
/// <param name="Version">The module's.</param>
internal sealed record ReportHeader(string Title, DateTime Created, string Origin, string Version);
