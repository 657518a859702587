using System.Management.Automation.Language;
using System.Text;
using VxlanCsum.Shell.Hosting;

namespace VxlanCsum.Shell.Session;

/// <summary>
/// Commands from a redirected standard input, each run as soon as it is whole. As in pwsh, lines that begin something
/// unfinished are gathered until an empty line; unlike pwsh, the end of the input ends them too.
/// </summary>
internal sealed class StandardInputLoop(PipelineRunner runner, ShellHost host)
{
    /// <summary>Runs until the input ends or <c>exit</c> does.</summary>
    public void Run()
    {
        StringBuilder gathered = new();
        while (host.RequestedExit is null && Console.In.ReadLine() is { } line)
        {
            if (gathered.Length > 0 && !string.IsNullOrWhiteSpace(line))
            {
                gathered.Append('\n').Append(line);
            }
            else if (gathered.Length > 0)
            {
                runner.RunText(gathered.ToString());
                gathered.Clear();
            }
            else if (IsUnfinished(line))
            {
                gathered.Append(line);
            }
            else if (!string.IsNullOrWhiteSpace(line))
            {
                runner.RunText(line);
            }
        }

        if (gathered.Length > 0 && host.RequestedExit is null)
        {
            runner.RunText(gathered.ToString());
        }
    }

    /// <summary>The text parses but for something that further lines may bring.</summary>
    public static bool IsUnfinished(string text)
    {
        Parser.ParseInput(text, out _, out ParseError[] errors);
        return errors.Length > 0 && Array.TrueForAll(errors, error => error.IncompleteInput);
    }
}
