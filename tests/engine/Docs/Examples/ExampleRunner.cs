using System.Diagnostics;
using System.Globalization;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Docs;

/// <summary>
/// Runs the examples of a page, one after another in one process, in a folder that has of the checkout what examples
/// use: the
/// built module, and a copy of tests/data to write to. Each is run as if typed at the prompt, statement by statement,
/// without
/// the variables of the one before.
/// </summary>
/// <remarks>With VXLANCSUM_WRITE_EXAMPLES=1 what was printed is written into the page where it differs.</remarks>
public sealed class ExampleRunner : IDisposable
{
    private const string Mark = "\u0001";

    private const string Script = """
        param([string] $Folder, [int] $Count, [int] $Width)
        Import-Module $env:VXLANCSUM_MODULE
        $isPwsh = $null -ne (Get-Command Out-String -ErrorAction Ignore)
        for ($__example = 0; $__example -lt $Count; $__example++) {
            $Host.UI.Write("`n`u{1}begin`n")
            $Error.Clear()
            & {
                $__code = [System.Management.Automation.Language.Parser]::ParseInput(
                    [System.IO.File]::ReadAllText("$Folder/$__example"), [ref] $null, [ref] $null)
                foreach ($__statement in $__code.EndBlock.Statements) {
                    try {
                        if ($isPwsh) {
                            . ([scriptblock]::Create($__statement.Extent.Text)) 2>&1 3>&1 |
                                ForEach-Object { $_ -is [System.Management.Automation.WarningRecord] ? "WARNING: $_" : $_ } |
                                Out-String -Width $Width -Stream | ForEach-Object { $Host.UI.WriteLine($_) }
                        } else {
                            # An error that was merged would still go to standard error, out of its place.
                            . ([scriptblock]::Create($__statement.Extent.Text)) 2>&1 |
                                ForEach-Object { $_ -is [System.Management.Automation.ErrorRecord] ? $_.PSObject.BaseObject : $_ } | Out-Default
                        }
                    } catch {
                        $_ | Out-Default
                    }
                }
            }
            $Host.UI.Write("`n`u{1}end $($Error.Count)`n")
        }
        """;

    private readonly TemporaryFolder _folder = new();

    /// <summary>Prepares the folder.</summary>
    public ExampleRunner()
    {
        string[] module = [.. Directory.EnumerateFiles(Repository.Root, "VxlanCsum.*.ps*")
            .Select(file => Path.GetFileName(file))];
        foreach (string name in (string[])["bin", "en-US", "schemas", "VxlanCsum.psd1", .. module])
        {
            File.CreateSymbolicLink(Path.Combine(WorkingFolder, name), Repository.PathOf(name));
        }

        // What examples reach by ssh is a pwsh of this machine: everything but the network is as it is.
        string programs = Directory.CreateDirectory(Path.Combine(_folder.Path, "bin")).FullName;
        Pwsh.WriteProgram(programs);
        File.WriteAllText(Path.Combine(programs, "ssh"), "#!/bin/sh\nexec pwsh -NoLogo -NoProfile -sshs\n");
        File.SetUnixFileMode(Path.Combine(programs, "ssh"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        foreach (string file in Directory.EnumerateFiles(Repository.Data(), "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(WorkingFolder, Path.GetRelativePath(Repository.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private string WorkingFolder => Directory.CreateDirectory(Path.Combine(_folder.Path, "VxlanCsum")).FullName;

    /// <summary>Runs a page's examples of one place and fails on what went wrong.</summary>
    /// <param name="page">The page's path below the repository's root.</param>
    /// <param name="place">Which of its examples.</param>
    /// <param name="command">The engine's program, with what comes before its own arguments.</param>
    public async Task RunAsync(string page, ExamplePlace place, params string[] command)
    {
        ExampleBlock[] examples = [.. ExampleBlock.Of(page).Where(example => example.Place == place)];
        if (examples.Length == 0)
        {
            return;
        }

        string code = Directory.CreateDirectory(Path.Combine(_folder.Path, "examples")).FullName;
        foreach ((int index, ExampleBlock example) in examples.Index())
        {
            File.WriteAllText(Path.Combine(code, index.ToString(CultureInfo.InvariantCulture)), example.Code);
        }

        ShellResult result = await StartAsync(
            [.. command, "-NoLogo", "-NonInteractive", "-File", _folder.Write("run.ps1", Script), code,
                examples.Length.ToString(CultureInfo.InvariantCulture), "120"]);
        List<string> problems = [], notShown = [.. result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        string[] runs = result.Output.Split($"\n{Mark}begin\n")[1..];
        for (int i = examples.Length - 1; i >= 0; i--)
        {
            if (Problem(examples[i], i < runs.Length ? runs[i] : null) is { } problem)
            {
                problems.Insert(0, $"{examples[i]}: {problem}");
            }
        }

        Assert.True(problems.Count == 0, string.Join("\n\n", problems.Concat(notShown)));
    }

    /// <summary>Runs a program in the folder, to its end.</summary>
    public async Task<ShellResult> StartAsync(string[] command)
    {
        ProcessStartInfo start = new(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = WorkingFolder,
        };
        Pwsh.Isolate(start.Environment, Directory.CreateDirectory(Path.Combine(_folder.Path, "home")).FullName);
        foreach ((string name, string value) in new Dictionary<string, string>
        {
            ["COLUMNS"] = "120",
            ["NO_COLOR"] = "1",
            ["TZ"] = "UTC",
            ["LC_ALL"] = "C.UTF-8",
            ["VXLANCSUM_MODULE"] = Path.Combine(WorkingFolder, "VxlanCsum.psd1"),
            ["PSModulePath"] = _folder.Path,
            ["PATH"] = $"{Path.Combine(_folder.Path, "bin")}:{Environment.GetEnvironmentVariable("PATH")}",
        })
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return await ShellProcess.FinishAsync(process);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private string? Problem(ExampleBlock example, string? run)
    {
        if (run?.Split($"\n{Mark}end ") is not [var begun, var ended])
        {
            return $"it did not come to its end:\n{run}";
        }

        string printed = OutputComparison.Normalize(begun, WorkingFolder);
        bool failed = int.Parse(ended, CultureInfo.InvariantCulture) > 0;
        if (failed != example.MayFail)
        {
            return $"{(failed ? "it brought errors" : "it brought no error")}:\n{printed}";
        }

        if (example.Output is null || OutputComparison.Difference(example.Output, printed) is not { } difference)
        {
            return null;
        }

        if (Environment.GetEnvironmentVariable("VXLANCSUM_WRITE_EXAMPLES") == "1")
        {
            List<string> lines = [.. File.ReadAllLines(Repository.PathOf(example.Page))];
            lines.RemoveRange(example.Output.FirstLine, example.Output.LineCount);
            lines.InsertRange(example.Output.FirstLine, printed.Split('\n'));
            File.WriteAllText(Repository.PathOf(example.Page), string.Join('\n', lines) + '\n');
            return $"its output was written into the page; look at it:\n{printed}";
        }

        return difference;
    }
}
