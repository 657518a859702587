using System.Management.Automation.Runspaces;

namespace VxlanCsum.Shell.CommandLine;

/// <summary>A command line, understood.</summary>
internal sealed record ShellArguments
{
    /// <summary>What is asked for.</summary>
    public ShellMode Mode { get; init; }

    /// <summary>The command's text, or the script file's full path.</summary>
    public string Text { get; init; } = "";

    /// <summary>What the command or script is given.</summary>
    public IReadOnlyList<CommandParameter> Parameters { get; init; } = [];

    /// <summary>No banner before the first prompt.</summary>
    public bool NoLogo { get; init; }

    /// <summary>Nothing may ask the user: prompts are errors.</summary>
    public bool NonInteractive { get; init; }

    /// <summary>A prompt follows the command or script.</summary>
    public bool NoExit { get; init; }

    /// <summary>Where to start, if not here.</summary>
    public string? WorkingDirectory { get; init; }
}
