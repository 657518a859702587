namespace VxlanCsum.Shell.CommandLine;

/// <summary>What the command line asks for.</summary>
internal enum ShellMode
{
    /// <summary>A prompt on a terminal, or commands from a redirected standard input.</summary>
    Session,

    /// <summary>The text after -Command.</summary>
    Command,

    /// <summary>A script file with its arguments.</summary>
    File,

    /// <summary>Commands from standard input (-Command -).</summary>
    StandardInput,

    /// <summary>-Version.</summary>
    Version,

    /// <summary>-Help.</summary>
    Help,
}
