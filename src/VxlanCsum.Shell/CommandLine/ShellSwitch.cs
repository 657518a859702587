namespace VxlanCsum.Shell.CommandLine;

/// <summary>What a switch does.</summary>
internal enum ShellSwitch
{
    /// <summary>Not a switch.</summary>
    None,

    /// <summary>-Version.</summary>
    Version,

    /// <summary>-Help.</summary>
    Help,

    /// <summary>Taken and without effect here: -NoProfile (no profile is ever read), -Login, -Interactive, -MTA, -NoProfileLoadTime.</summary>
    Accepted,

    /// <summary>-NoLogo.</summary>
    NoLogo,

    /// <summary>-NonInteractive.</summary>
    NonInteractive,

    /// <summary>-NoExit.</summary>
    NoExit,

    /// <summary>-InputFormat, -OutputFormat.</summary>
    Format,

    /// <summary>-ExecutionPolicy.</summary>
    ExecutionPolicy,

    /// <summary>-WorkingDirectory.</summary>
    WorkingDirectory,

    /// <summary>-Command.</summary>
    Command,

    /// <summary>-CommandWithArgs.</summary>
    CommandWithArguments,

    /// <summary>-EncodedCommand.</summary>
    EncodedCommand,

    /// <summary>-File.</summary>
    File,

    /// <summary>pwsh has it, vxlancsum has not: remoting servers, configurations, STA, window styles.</summary>
    Unsupported,
}
