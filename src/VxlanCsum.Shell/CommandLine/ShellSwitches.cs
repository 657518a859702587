namespace VxlanCsum.Shell.CommandLine;

/// <summary>pwsh's switches with the shortest form of each that pwsh accepts, in pwsh's order of asking.</summary>
internal static class ShellSwitches
{
    private static readonly (string Name, string Shortest, ShellSwitch Switch)[] All =
    [
        ("version", "v", ShellSwitch.Version),
        ("help", "h", ShellSwitch.Help),
        ("?", "?", ShellSwitch.Help),
        ("login", "l", ShellSwitch.Accepted),
        ("noexit", "noe", ShellSwitch.NoExit),
        ("noprofile", "nop", ShellSwitch.Accepted),
        ("nologo", "nol", ShellSwitch.NoLogo),
        ("noninteractive", "noni", ShellSwitch.NonInteractive),
        ("noprofileloadtime", "noprofileloadtime", ShellSwitch.Accepted),
        ("servermode", "s", ShellSwitch.Unsupported),
        ("socketservermode", "so", ShellSwitch.Unsupported),
        ("namedpipeservermode", "nam", ShellSwitch.Unsupported),
        ("sshservermode", "sshs", ShellSwitch.Unsupported),
        ("interactive", "i", ShellSwitch.Accepted),
        ("configurationfile", "configurationfile", ShellSwitch.Unsupported),
        ("configurationname", "config", ShellSwitch.Unsupported),
        ("custompipename", "cus", ShellSwitch.Unsupported),
        ("commandwithargs", "commandwithargs", ShellSwitch.CommandWithArguments),
        ("cwa", "cwa", ShellSwitch.CommandWithArguments),
        ("command", "c", ShellSwitch.Command),
        ("windowstyle", "w", ShellSwitch.Unsupported),
        ("file", "f", ShellSwitch.File),
        ("outputformat", "o", ShellSwitch.Format),
        ("of", "o", ShellSwitch.Format),
        ("inputformat", "inp", ShellSwitch.Format),
        ("if", "if", ShellSwitch.Format),
        ("executionpolicy", "ex", ShellSwitch.ExecutionPolicy),
        ("ep", "ep", ShellSwitch.ExecutionPolicy),
        ("encodedcommand", "e", ShellSwitch.EncodedCommand),
        ("ec", "e", ShellSwitch.EncodedCommand),
        ("encodedarguments", "encodeda", ShellSwitch.Unsupported),
        ("ea", "ea", ShellSwitch.Unsupported),
        ("settingsfile", "settings", ShellSwitch.Unsupported),
        ("sta", "sta", ShellSwitch.Unsupported),
        ("mta", "mta", ShellSwitch.Accepted),
        ("workingdirectory", "wo", ShellSwitch.WorkingDirectory),
        ("wd", "wd", ShellSwitch.WorkingDirectory),
    ];

    /// <summary>The switch that this key, without its dash, is a form of.</summary>
    public static ShellSwitch Find(string key)
    {
        foreach ((string name, string shortest, ShellSwitch found) in All)
        {
            if (key.Length >= shortest.Length && name.StartsWith(key, StringComparison.OrdinalIgnoreCase))
            {
                return found;
            }
        }

        return ShellSwitch.None;
    }

    /// <summary>A supported switch whose name holds this text, with its dash.</summary>
    public static string? Similar(string text)
    {
        foreach ((string name, _, ShellSwitch found) in All)
        {
            if (text.Length > 0 && found != ShellSwitch.Unsupported && name.Contains(text, StringComparison.OrdinalIgnoreCase))
            {
                return "-" + name;
            }
        }

        return null;
    }
}
