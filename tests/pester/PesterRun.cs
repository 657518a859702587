using System.Diagnostics;
using System.Text.Json;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.PesterTests;

/// <summary>What became of a Pester test.</summary>
/// <param name="File">The file that it is in.</param>
/// <param name="Name">Its blocks and its own name.</param>
/// <param name="Result">Passed, Failed or Skipped.</param>
/// <param name="Why">What failed, or why it was skipped.</param>
public sealed record PesterTest(string File, string Name, string Result, string Why);

/// <summary>All Pester tests, run once in one pwsh: starting it and loading Pester costs more than most
/// files.</summary>
public sealed class PesterRun : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(20);

    /// <summary>What became of each.</summary>
    public IReadOnlyList<PesterTest> Tests { get; private set; } = [];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        using TemporaryFolder folder = new();
        string results = Path.Combine(folder.Path, "results.json");
        string programs = Directory.CreateDirectory(Path.Combine(folder.Path, "bin")).FullName;
        Pwsh.WriteProgram(programs);
        ProcessStartInfo start = new(
            Pwsh.Command[0],
            [.. Pwsh.Command[1..], "-NoProfile", "-NonInteractive", "-File",
                Repository.PathOf("tests", "pester", "Invoke-Pester.ps1"), "-Pester", Pwsh.Metadata("Pester"),
                "-Result", results])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        Pwsh.Isolate(start.Environment, Directory.CreateDirectory(Path.Combine(folder.Path, "home")).FullName);
        start.Environment["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        ShellResult result = await ShellProcess.FinishAsync(process, s_patience);
        Assert.True(File.Exists(results),
            $"Pester ended with {result.ExitCode} and no result:\n{result.Output}\n{result.Errors}");
        Tests = JsonSerializer.Deserialize<PesterTest[]>(await File.ReadAllTextAsync(results))!;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
