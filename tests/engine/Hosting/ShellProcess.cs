using System.Diagnostics;

namespace VxlanCsum.EngineTests.Hosting;

/// <summary>Runs the vxlancsum that `dotnet build` staged, as a process of its own.</summary>
public static class ShellProcess
{
    /// <summary>How long a run may take before it counts as hung.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>The staged executable.</summary>
    public static string Executable { get; } = Repository.PathOf("bin",
        OperatingSystem.IsWindows() ? "vxlancsum.exe" : "vxlancsum");

    /// <summary>Runs it with these arguments and nothing on standard input.</summary>
    public static Task<ShellResult> RunAsync(params string[] arguments) => RunAsync(arguments, input: null);

    /// <summary>Runs it with arguments, text on standard input, and environment variables set (null:
    /// removed).</summary>
    public static async Task<ShellResult> RunAsync(
        IReadOnlyList<string> arguments, string? input, IReadOnlyDictionary<string, string?>? environment = null,
        string? workingDirectory = null)
    {
        using Process process = Start(arguments, environment, workingDirectory);
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        return await FinishAsync(process);
    }

    /// <summary>Starts it and leaves it running, all three streams in the caller's hands.</summary>
    public static Process Start(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?>? environment = null,
        string? workingDirectory = null)
    {
        ProcessStartInfo start = new(Executable, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? Repository.Root,
        };
        start.Environment.Remove("NO_COLOR");
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{Executable} did not start.");
    }

    /// <summary>Waits for a started process and reads what it wrote.</summary>
    public static Task<ShellResult> FinishAsync(Process process) => FinishAsync(process, Patience);

    /// <summary>Waits so long for a started process and reads what it wrote; what takes longer is killed with all that
    /// it started.</summary>
    public static async Task<ShellResult> FinishAsync(Process process, TimeSpan patience)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken);
        limit.CancelAfter(patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new ShellResult(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
