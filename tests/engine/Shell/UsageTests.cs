using System.Text.RegularExpressions;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Shell;

/// <summary>The command line itself.</summary>
public sealed partial class UsageTests
{
    [Theory]
    [InlineData("-Foo")]
    [InlineData("nosuchfile.ps1")]
    [InlineData("-Command")]
    [InlineData("-Command", "-", "more")]
    [InlineData("-File")]
    [InlineData("-File", "nosuchfile.ps1")]
    [InlineData("-EncodedCommand", "%%%")]
    [InlineData("-ExecutionPolicy", "Foo", "-c", "1")]
    [InlineData("-OutputFormat", "XML", "-c", "1")]
    [InlineData("-WorkingDirectory", "/proc/nonexistent", "-c", "1")]
    [InlineData("-ConfigurationName", "x")]
    [InlineData("-SSHServerMode")]
    [InlineData("-NoLogo", "")]
    public async Task A_bad_command_line_is_64_with_the_usage_on_standard_error(params string[] arguments)
    {
        ShellResult result = await ShellProcess.RunAsync(arguments);
        Assert.Equal((64, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("vxlancsum: ", result.Errors, StringComparison.Ordinal);
        Assert.Contains("Usage: vxlancsum", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelt_switch_gets_a_hint()
    {
        ShellResult result = await ShellProcess.RunAsync("-interact");
        Assert.Equal(0, result.ExitCode);
        result = await ShellProcess.RunAsync("-directory");
        Assert.Contains("Did you mean -workingdirectory?", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Version")]
    [InlineData("-v")]
    [InlineData("--version")]
    public async Task Version_names_the_module_and_the_engine(string word)
    {
        ShellResult result = await ShellProcess.RunAsync(word);
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(VersionLine(), result.Output);
    }

    [Theory]
    [InlineData("-Help")]
    [InlineData("-?")]
    [InlineData("--help")]
    public async Task Help_is_the_usage_on_standard_output(string word)
    {
        ShellResult result = await ShellProcess.RunAsync(word);
        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.StartsWith("Usage: vxlancsum", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switches_have_pwshs_short_forms_and_any_case()
    {
        ShellResult result = await ShellProcess.RunAsync("-nol", "-NOP", "-noni", "-ep", "Bypass", "-mta", "-of", "text", "-l", "-C", "'ran'");
        Assert.Equal(("ran\n", "", 0), (result.Output, result.Errors, result.ExitCode));
    }

    [Fact]
    public async Task Hostile_words_are_not_echoed_raw()
    {
        ShellResult result = await ShellProcess.RunAsync("\e[31mred");
        Assert.Equal(64, result.ExitCode);
        Assert.DoesNotContain('\e', result.Errors);
    }

    [Fact]
    public async Task A_missing_module_is_70_and_says_where_it_was_looked_for()
    {
        ShellResult result = await ShellProcess.RunAsync(["-c", "1"], null, new Dictionary<string, string?> { ["VXLANCSUM_MODULE"] = "/proc/nonexistent" });
        Assert.Equal((70, ""), (result.ExitCode, result.Output));
        Assert.Contains("VXLANCSUM_MODULE is '/proc/nonexistent'", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_module_elsewhere_can_be_named()
    {
        using TemporaryFolder folder = new();
        folder.Write("VxlanCsum.psd1", "@{ ModuleVersion = '9.8.7' }");
        ShellResult result = await ShellProcess.RunAsync(
            ["-c", "$PSVersionTable['VxlanCsum'].ToString()"], null, new Dictionary<string, string?> { ["VXLANCSUM_MODULE"] = folder.Path });
        Assert.Equal("9.8.7\n", result.Output);
    }

    [GeneratedRegex(@"^VxlanCsum \d+\.\d+\.\d+ \(PowerShell engine 7\.\d+\.\d+\)\n$")]
    private static partial Regex VersionLine();
}
