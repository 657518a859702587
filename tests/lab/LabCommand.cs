using System.Diagnostics;

namespace VxlanCsum.LabTests;

/// <summary>What a command printed and how it ended.</summary>
public sealed record LabCommandResult(int ExitCode, string Output, string Error);

/// <summary>Runs a program of the machine to its end.</summary>
public static class LabCommand
{
    /// <summary>The standard output; a failure of the program fails the test with what the program said.</summary>
    public static string Run(string file, params string[] arguments)
    {
        LabCommandResult result = TryRun(file, arguments);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException(
                $"{file} {string.Join(' ', arguments)}: exit code {result.ExitCode}: {result.Error}");
    }

    /// <summary>Runs a program that may fail.</summary>
    public static LabCommandResult TryRun(string file, params string[] arguments) => TryFeed(null, file, arguments);

    /// <summary>Runs a program that is given a text; its failure fails the test with what the program said.</summary>
    public static void Feed(string input, string file, params string[] arguments)
    {
        LabCommandResult result = TryFeed(input, file, arguments);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"{file} {string.Join(' ', arguments)}: exit code {result.ExitCode}: {result.Error}\n{input}");
        }
    }

    /// <summary>Runs a program that may fail, and gives it a text, if there is one.</summary>
    public static LabCommandResult TryFeed(string? input, string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new LabCommandResult(process.ExitCode, output, error.Result);
    }

    /// <summary>Is the program on the PATH (or in sbin, which a plain user's PATH lacks)?</summary>
    public static bool Exists(string file) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':')
            .Any(f => f.Length > 0 && File.Exists(Path.Combine(f, file)));
}
