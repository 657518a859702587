namespace VxlanCsum.Shell;

/// <summary>
/// The runtime's console puts cursor keys and keypad of a terminal into application mode as soon as anything listens
/// for Ctrl-C, by writing terminfo's sequence to it. Who reads no keys has nothing of that, and a program that runs us
/// on a terminal of its own takes it for output: with become, Ansible does so through ssh -tt, and finds no JSON.
/// </summary>
internal static class UntouchedTerminal
{
    private const string TerminalType = "TERM";

    /// <summary>
    /// With -NonInteractive, has the runtime set up its console as for a terminal that has no such mode; to be called
    /// before anything listens.
    /// </summary>
    public static void Install(string[] words)
    {
        // pwsh's shortest form of the switch.
        if (!words.Any(word => word.TrimStart('-', '/').StartsWith("noni", StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        string? type = Environment.GetEnvironmentVariable(TerminalType);
        Environment.SetEnvironmentVariable(TerminalType, "dumb");
        try
        {
            Console.CancelKeyPress += Listen;
            Console.CancelKeyPress -= Listen;
        }
        finally
        {
            // PowerShell and the programs that it starts have the terminal as it is.
            Environment.SetEnvironmentVariable(TerminalType, type);
        }
    }

    private static void Listen(object? sender, ConsoleCancelEventArgs key)
    {
    }
}
