using System.Text;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Processes;

/// <summary>What a program printed and how it ended.</summary>
/// <param name="ExitCode">Its exit code; 128 plus the signal's number where a signal ended it.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error, for people: control characters are escaped, and only its first lines are
/// kept.</param>
internal sealed record CommandResult(int ExitCode, byte[] Output, string Error)
{
    public bool Succeeded => ExitCode == 0;

    public string Text => Encoding.UTF8.GetString(Output);

    /// <summary>What it said when it failed, on one line.</summary>
    public string Complaint => Error.Length > 0 ? Error : $"exit code {ExitCode}";

    public static string Shorten(string error) =>
        string.Join(" ",
            error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(4)
                .Select(static l => SafeText.Escape(l)));
}
