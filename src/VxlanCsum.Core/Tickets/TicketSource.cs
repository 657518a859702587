namespace VxlanCsum.Tickets;

/// <summary>A text of a ticket: a file, or what came through the pipeline.</summary>
/// <param name="Path">The file; "text" for the pipeline.</param>
/// <param name="Lines">Each without its end.</param>
internal sealed record TicketSource(string Path, IReadOnlyList<string> Lines)
{
    /// <summary>Where it goes in a command's words, as sosreport names its files: "ip_-d_link".</summary>
    public string CommandInName => System.IO.Path.GetFileNameWithoutExtension(Path).Replace('_', ' ');
}
