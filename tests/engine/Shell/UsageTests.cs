using System.Diagnostics;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Shell;

/// <summary>The command line itself: pwsh's, and what vxlancsum adds.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("-Foo")]
    [InlineData("nosuchfile.ps1")]
    [InlineData("-Command")]
    [InlineData("-File", "nosuchfile.ps1")]
    [InlineData("-EncodedCommand", "%%%")]
    public async Task A_bad_command_line_is_64(params string[] arguments)
    {
        ShellResult result = await ShellProcess.RunAsync(arguments);
        Assert.Equal(64, result.ExitCode);
        Assert.NotEqual("", result.Output + result.Errors);
    }

    [Fact]
    public async Task Help_says_what_this_is()
    {
        ShellResult result = await ShellProcess.RunAsync("-Help");
        Assert.Equal(("", 0), (result.Errors, result.ExitCode));
        Assert.Contains("vxlancsum is PowerShell 7.", result.Output, StringComparison.Ordinal);
        Assert.Contains("-NonInteractive", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switches_have_pwshs_short_forms_and_any_case()
    {
        ShellResult result = await ShellProcess.RunAsync("-nol", "-NOP", "-noni", "-ep", "Bypass", "-of", "text", "-l",
            "-C", "'ran'");
        Assert.Equal(("ran\n", "", 0), (result.Output, result.Errors, result.ExitCode));
    }

    [Fact]
    public async Task A_missing_module_is_70_and_says_where_it_was_looked_for()
    {
        ShellResult result = await ShellProcess.RunAsync(
            ["-c", "1"], null, new Dictionary<string, string?> { ["VXLANCSUM_MODULE"] = "/proc/nonexistent" });
        Assert.Equal((70, ""), (result.ExitCode, result.Output));
        Assert.Contains("there is no /proc/nonexistent", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_module_elsewhere_can_be_named()
    {
        using TemporaryFolder folder = new();
        folder.Write("VxlanCsum.psd1", "@{ ModuleVersion = '9.8.7' }");
        ShellResult result = await ShellProcess.RunAsync(
            ["-NoProfile", "-c", "(Get-Module VxlanCsum).Version.ToString()"],
            null,
            new Dictionary<string, string?> { ["VXLANCSUM_MODULE"] = folder.Path });
        Assert.Equal("9.8.7\n", result.Output);
    }

    [Fact]
    public async Task It_reports_to_nobody_and_looks_for_no_updates()
    {
        ShellResult result = await ShellProcess.RunAsync("-NoProfile", "-c",
            "$env:POWERSHELL_TELEMETRY_OPTOUT; $env:POWERSHELL_UPDATECHECK");
        Assert.Equal("1\nOff\n", result.Output);
    }

    [Fact]
    public async Task It_opens_no_pipe_for_debuggers()
    {
        ShellResult result = await ShellProcess.RunAsync("-NoProfile", "-c",
            "(Get-ChildItem ([IO.Path]::GetTempPath()) -Filter \"CoreFxPipe_PSHost.*.$PID.*\").Count");
        Assert.Equal("0\n", result.Output);
    }

    [Theory]
    [InlineData("-Help | true", 0)]
    [InlineData("-Version | true", 0)]
    [InlineData("-Help > /dev/full", 74)]
    public void What_nobody_can_read_ends_it_without_a_trace(string words, int code)
    {
        using Process shell = Process.Start(new ProcessStartInfo("bash",
            ["-c", $"'{ShellProcess.Executable}' {words}; exit ${{PIPESTATUS[0]}}"])
        {
            RedirectStandardError = true,
        })!;
        string errors = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        Assert.Equal(code, shell.ExitCode);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }
}
