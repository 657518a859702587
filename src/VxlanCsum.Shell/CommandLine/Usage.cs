namespace VxlanCsum.Shell.CommandLine;

/// <summary>The text of -Help, and of a bad command line.</summary>
internal static class Usage
{
    /// <summary>What the program takes and what it gives back.</summary>
    public const string Text = """
        Usage: vxlancsum [-NoLogo] [-NonInteractive] [-NoExit] [-WorkingDirectory <directory>]
                         [ -Command { - | <text> } | -CommandWithArgs <text> <arguments>
                         | -EncodedCommand <base64> | [-File] <script> <arguments> ]
               vxlancsum -Version | -Help

        The PowerShell engine with the VxlanCsum module imported, for machines without pwsh.

          -Command, -c           Run the rest of the command line; '-' reads commands from standard input.
          -CommandWithArgs, -cwa Run one text, with what follows as its $args.
          -EncodedCommand, -e    Run a text given as base64 of UTF-16.
          -File, -f              Run a script file with its arguments. The default for a word that is no switch.
          -NoExit                Give a prompt after that.
          -NoLogo                No banner before the prompt.
          -NonInteractive        Never ask: whatever would prompt fails instead.
          -WorkingDirectory, -wd Start in this directory.
          -Version, -v           Show versions.      -Help, -h, -?   Show this.

        Accepted as pwsh's and without effect: -NoProfile (no profile is ever read), -ExecutionPolicy, -Login,
        -Interactive, -MTA, -InputFormat Text, -OutputFormat Text.

        Without any of these: a prompt on a terminal, or commands from a redirected standard input.
        Exit code: what `exit` was given, else 0; 1 after a terminating error or when the last statement failed;
        64 for a bad command line; 70 when the module cannot be loaded.
        Environment: NO_COLOR turns colours off; COLUMNS sets the width of redirected output; VXLANCSUM_MODULE is
        the module to import (its folder or .psd1), if not the one beside this program.
        """;
}
