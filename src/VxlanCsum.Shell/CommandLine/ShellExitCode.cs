namespace VxlanCsum.Shell.CommandLine;

/// <summary>Exit codes, the same as pwsh's (which has them from sysexits.h).</summary>
internal static class ShellExitCode
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>A terminating error, or the last statement failed.</summary>
    public const int Failure = 1;

    /// <summary>A bad command line.</summary>
    public const int BadCommandLine = 64;

    /// <summary>The engine or the module could not be loaded.</summary>
    public const int InitFailure = 70;
}
