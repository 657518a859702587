using System.Text;
using System.Text.Json;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Shell;

/// <summary>-Command, -CommandWithArgs and -EncodedCommand. The exit codes are those of pwsh 7.6 for the same
/// lines.</summary>
public sealed class CommandTests
{
    [Theory]
    [InlineData("'fine'", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("exit 256", 0)]
    [InlineData("exit -1", 255)]
    [InlineData("throw 'x'", 1)]
    [InlineData("1 2", 1)]
    [InlineData("if (", 1)]
    [InlineData("Get-Command nosuch", 1)]
    [InlineData("Get-Command nosuch; 'fine'", 0)]
    [InlineData("'fine'; Get-Command nosuch", 1)]
    [InlineData("Get-Command nosuch; exit", 0)]
    [InlineData("$ErrorActionPreference = 'Stop'; Get-Command nosuch; 'fine'", 1)]
    [InlineData("/bin/false", 1)]
    [InlineData("/bin/sh -c 'exit 9'", 1)]
    [InlineData("/bin/sh -c 'exit 9'; exit $LASTEXITCODE", 9)]
    [InlineData("& { exit 4 }; 'not reached'", 4)]
    [InlineData("Read-PcapChecksum /nonexistent.pcap", 1)]
    public async Task The_exit_code_is_that_of_pwsh(string command, int expected)
    {
        ShellResult result = await ShellProcess.RunAsync("-NoLogo", "-NoProfile", "-Command", command);
        Assert.Equal(expected, result.ExitCode);
    }

    [Fact]
    public async Task The_rest_of_the_line_is_the_command()
    {
        ShellResult result = await ShellProcess.RunAsync("-c", "1", "+", "2;", "-join", "('a',", "'b')");
        Assert.Equal("3\nab\n", result.Output);
    }

    [Fact]
    public async Task CommandWithArgs_fills_args()
    {
        ShellResult result = await ShellProcess.RunAsync("-cwa", "\"$($args.Count): $args\"", "one", "two words");
        Assert.Equal("2: one two words\n", result.Output);
    }

    [Fact]
    public async Task EncodedCommand_is_decoded()
    {
        ShellResult result = await ShellProcess.RunAsync("-EncodedCommand",
            Convert.ToBase64String(Encoding.Unicode.GetBytes("\"\u2713\"; exit 3")));
        Assert.Equal(("\u2713\n", 3), (result.Output, result.ExitCode));
    }

    [Fact]
    public async Task Errors_go_to_standard_error_and_output_to_standard_output()
    {
        ShellResult result = await ShellProcess.RunAsync("-c", "'out'; Get-Command nosuch; throw 'boom'");
        Assert.Equal("out\n", result.Output);
        Assert.Contains("nosuch", result.Errors, StringComparison.Ordinal);
        Assert.Contains("boom", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warnings_and_verbose_lines_go_to_standard_output_as_in_pwsh()
    {
        const string command =
            "function f { [CmdletBinding()] param() $PSCmdlet.WriteWarning('w'); $PSCmdlet.WriteVerbose('v') } f "
            + "-Verbose";
        ShellResult result = await ShellProcess.RunAsync("-c", command);
        Assert.Equal(("WARNING: w\nVERBOSE: v\n", ""), (result.Output, result.Errors));
    }

    [Fact]
    public async Task A_parse_error_shows_where()
    {
        ShellResult result = await ShellProcess.RunAsync("-c", "1 2");
        Assert.Contains("Unexpected token '2'", result.Errors, StringComparison.Ordinal);
        Assert.Contains("~", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_module_is_there_without_being_asked_for()
    {
        ShellResult result = await ShellProcess.RunAsync("-c",
            "(Get-Command Read-PcapChecksum).Source; [VxlanCsum.PacketChecksum].FullName");
        Assert.Equal("VxlanCsum\nVxlanCsum.PacketChecksum\n", result.Output);
    }

    [Fact]
    public async Task The_modules_views_are_used()
    {
        ShellResult result = await ShellProcess.RunAsync("-c",
            $"Read-PcapChecksum '{Repository.Data("captures", "udpcsum-on-random.pcap")}' -First 1");
        Assert.Contains("Frame Time", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("CapturedLength", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PowerShells_own_cmdlets_are_there()
    {
        ShellResult result = await ShellProcess.RunAsync(
            "-NoProfile",
            "-c",
            "Get-ChildItem tests/data/captures/*.pcap | Test-VxlanChecksum | Select-Object Cause, BadPackets | "
            + "ConvertTo-Json -EnumsAsStrings");
        Assert.Equal(("", 0), (result.Errors, result.ExitCode));
        using JsonDocument all = JsonDocument.Parse(result.Output);
        Assert.Contains(
            all.RootElement.EnumerateArray(),
            static one => one.GetProperty("Cause").GetString() == "NatLocalChecksum"
                && one.GetProperty("BadPackets").GetInt32() == 7);
    }

    [Fact]
    public async Task Jobs_and_parallel_blocks_run()
    {
        ShellResult result = await ShellProcess.RunAsync(
            "-NoProfile", "-c",
            "Start-Job { 20 + 1 } | Receive-Job -Wait; Start-ThreadJob { 22 } | Receive-Job -Wait; 23 | "
            + "ForEach-Object -Parallel { $_ }");
        Assert.Equal(("21\n22\n23\n", "", 0), (result.Output, result.Errors, result.ExitCode));
    }

    /// <summary>What is left out of PowerShell's package (build/PowerShell.targets) is missed by no cmdlet but
    /// Add-Type.</summary>
    [Fact]
    public async Task Every_cmdlet_of_PowerShell_can_be_described()
    {
        const string script = """
            Get-ChildItem $PSHOME/Modules -Name -Filter Microsoft.PowerShell.* | Import-Module
            $all = Get-Command -CommandType Cmdlet -Module Microsoft.PowerShell.*
            $all | Where-Object { -not $_.ParameterSets } | ForEach-Object Name
            $all.Count -gt 200
            """;
        ShellResult result = await ShellProcess.RunAsync("-NoProfile", "-c", script);
        Assert.Equal(("True\n", "", 0), (result.Output, result.Errors, result.ExitCode));
    }

    [Fact]
    public async Task WorkingDirectory_is_where_it_starts()
    {
        ShellResult result = await ShellProcess.RunAsync("-WorkingDirectory", "/usr", "-c", "$PWD.Path; /bin/pwd");
        Assert.Equal("/usr\n/usr\n", result.Output);
    }

    [Fact]
    public async Task NonInteractive_makes_prompts_errors()
    {
        const string command =
            "function f { [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')] param() if "
            + "($PSCmdlet.ShouldProcess('T')) { 'done' } } f";
        ShellResult result = await ShellProcess.RunAsync(["-NonInteractive", "-c", command], "y\n");
        Assert.DoesNotContain("done", result.Output, StringComparison.Ordinal);
        Assert.Contains("NonInteractive", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("y\n", true)]
    [InlineData("YES\n", true)]
    [InlineData("\n", true)]
    [InlineData("n\n", false)]
    [InlineData("what\n?\nno\n", false)]
    [InlineData("", false)]
    public async Task A_question_is_answered_from_standard_input(string answer, bool done)
    {
        const string command =
            "function f { [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')] param() if "
            + "($PSCmdlet.ShouldProcess('T')) { 'it is done' } } f";
        ShellResult result = await ShellProcess.RunAsync(["-c", command], answer);
        Assert.Equal(done, result.Output.Contains("it is done", StringComparison.Ordinal));
        Assert.Contains("[Y] Yes  [A] Yes to All  [N] No", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mandatory_parameters_are_asked_for()
    {
        const string command =
            "function f { param([Parameter(Mandatory)] [int] $Count, [Parameter(Mandatory)] [string[]] $Name) "
            + "\"$($Count + 1) $Name\" } f";
        ShellResult result = await ShellProcess.RunAsync(["-c", command], "41\na\nb\n\n");
        Assert.EndsWith("42 a b\n", result.Output, StringComparison.Ordinal);
    }
}
