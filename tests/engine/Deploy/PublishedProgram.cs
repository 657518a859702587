using System.Diagnostics;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Deploy;

/// <summary>
/// vxlancsum published as docs/deploy.md says, from a folder that holds what the Containerfile copies and nothing else,
/// so
/// that this is shown to be enough, and the checkout under test is left alone.
/// </summary>
public sealed class PublishedProgram : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Lays the sources.</summary>
    public PublishedProgram()
    {
        Directory.CreateDirectory(Unpacked);
        Directory.CreateDirectory(Sources);
        Containerfile.CopyTo(Sources);
    }

    /// <summary>Where the single file unpacks to.</summary>
    public string Unpacked => Path.Combine(_folder.Path, "unpacked");

    private string Sources => Path.Combine(_folder.Path, "sources");

    /// <summary>Publishes it; uncompiled, which takes a fraction of the time and gives the same layout. Gives the
    /// folder.</summary>
    public async Task<string> PublishAsync(string machine, bool singleFile = true)
    {
        string published = Path.Combine(_folder.Path, $"{machine}-{singleFile}");
        string[] asFolder = singleFile ? [] : ["-p:PublishSingleFile=false"];
        (int exitCode, string output) = await DotnetProcess.RunAsync(Sources,
            ["publish", "deploy/single-file", $"-p:Machine={machine}", .. asFolder, $"-p:PublishDir={published}/",
                "-p:PublishReadyToRun=false", "-p:UseSharedCompilation=false"]);
        Assert.True(exitCode == 0, output);
        return published;
    }

    /// <summary>Runs a program where no .NET is to be found.</summary>
    public async Task<ShellResult> RunAsync(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_BUNDLE_EXTRACT_BASE_DIR"] = Unpacked;
        start.Environment["DOTNET_ROOT"] = "/nonexistent";
        start.Environment["HOME"] = "/nonexistent";
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return await ShellProcess.FinishAsync(process);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
