using System.Diagnostics;

namespace VxlanCsum.EngineTests.Hosting;

/// <summary>Runs the SDK's dotnet as a process of its own, as if from a shell.</summary>
public static class DotnetProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Runs dotnet in a folder; its exit code, and both output streams together.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string folder, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true
        };
        // What `dotnet test` told this process about itself is not for another.
        foreach (string name in start.Environment.Keys.Where(
            name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("TESTINGPLATFORM_", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        // A node that outlives this call would hold the output streams open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";

        // The build of the checkout has had the sources analysed, which takes longer than all else and changes no bit
        // of what is built; and none of this lives long enough for profile-guided code to pay.
        start.Environment["RunAnalyzers"] = "false";
        start.Environment["DOTNET_TieredPGO"] = "0";
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        process.StandardInput.Close();
        ShellResult result = await ShellProcess.FinishAsync(process, Patience);
        return (result.ExitCode, result.Output + result.Errors);
    }
}
