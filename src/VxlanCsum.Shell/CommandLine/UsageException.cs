namespace VxlanCsum.Shell.CommandLine;

/// <summary>A command line that makes no sense. The message says why; the exit code is 64, as pwsh's.</summary>
internal sealed class UsageException(string message) : Exception(message);
