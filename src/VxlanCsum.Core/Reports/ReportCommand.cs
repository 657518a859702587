namespace VxlanCsum.Reports;

/// <summary>Something that a reader can type.</summary>
/// <param name="Purpose">What it is for.</param>
/// <param name="Text">What to type: one line.</param>
/// <param name="IsShell">It is for sh; otherwise for PowerShell.</param>
internal sealed record ReportCommand(string Purpose, string Text, bool IsShell = false);
