namespace VxlanCsum.EngineTests.Hosting;

/// <summary>What a finished vxlancsum process left.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">All of its standard output.</param>
/// <param name="Errors">All of its standard error.</param>
public sealed record ShellResult(int ExitCode, string Output, string Errors)
{
    /// <summary>Standard output's lines, without the empty one at the end.</summary>
    public IReadOnlyList<string> Lines => Output.TrimEnd('\n').Split('\n');
}
