using System.Management.Automation.Runspaces;
using System.Text;
using VxlanCsum.Shell.Hosting;
using VxlanCsum.Shell.Session;

namespace VxlanCsum.Shell.Prompt;

/// <summary>Prompt, line, run; and again until <c>exit</c> or Ctrl-D.</summary>
internal sealed class InteractiveLoop(PipelineRunner runner, ShellHost host, ShellUserInterface userInterface, Runspace runspace)
{
    /// <summary>
    /// The engine has the aliases cd and pwd but not what they stand for, and no program can change the shell's own
    /// directory. A module that brings the real ones replaces these.
    /// </summary>
    private const string Locations = """
        function global:Set-Location([string] $Path = $HOME) { $null = $ExecutionContext.SessionState.Path.SetLocation($Path) }
        function global:Get-Location { $ExecutionContext.SessionState.Path.CurrentLocation }
        """;

    private readonly LineEditor _editor = new(new CommandHistory(), new Completions(runspace, runner));

    /// <summary>Gives prompts until the session is to end.</summary>
    public void Run()
    {
        runner.Evaluate(Locations);
        while (host.RequestedExit is null && ReadCommand() is { } command)
        {
            Execute(command);
        }
    }

    /// <summary>Gives prompts inside a running pipeline, until <c>exit</c> leaves them.</summary>
    public void RunNested()
    {
        runner.Depth++;
        try
        {
            while (!host.LeaveNestedPrompt && ReadCommand() is { } command)
            {
                Execute(command);
            }
        }
        finally
        {
            runner.Depth--;
        }
    }

    private void Execute(string command)
    {
        if (!string.IsNullOrWhiteSpace(command))
        {
            runner.RunText(command);
        }
    }

    /// <summary>A command, over as many lines as it takes to be whole; an empty line ends it anyway. Null at the end of input.</summary>
    private string? ReadCommand()
    {
        if (userInterface.InMidLine)
        {
            userInterface.WriteLine();
        }

        string prompt = runner.Evaluate("prompt") as string is { Length: > 0 } own ? own : "PS>";
        (LineEnding ending, string line) = _editor.Read(prompt);
        StringBuilder command = new(line);
        while (ending == LineEnding.Entered && StandardInputLoop.IsUnfinished(command.ToString()))
        {
            (ending, line) = _editor.Read(">> ");
            if (line.Length == 0)
            {
                break;
            }

            command.Append('\n').Append(line);
        }

        return ending switch
        {
            LineEnding.EndOfInput => null,
            LineEnding.Cancelled => "",
            _ => command.ToString(),
        };
    }
}
