using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Shell;

/// <summary>-File. The exit codes and arguments are those of pwsh 7.6 for the same scripts.</summary>
public sealed class FileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("'fine'", 0)]
    [InlineData("exit 5", 5)]
    [InlineData("exit 0", 0)]
    [InlineData("Get-Command nosuch; exit 3", 3)]
    [InlineData("Get-Command nosuch", 0)]
    [InlineData("throw 'boom'", 1)]
    [InlineData("if (", 1)]
    [InlineData("/bin/false", 0)]
    [InlineData("exit 257", 1)]
    public async Task The_exit_code_is_that_of_pwsh(string script, int expected)
    {
        ShellResult result = await ShellProcess.RunAsync("-NoProfile", "-File",
            _folder.Write("it's a script.ps1", script));
        Assert.Equal(expected, result.ExitCode);
    }

    [Fact]
    public async Task The_exit_of_a_script_that_a_script_calls_ends_that_one_alone()
    {
        _folder.Write("inner.ps1", "exit 3");
        string outer = _folder.Write("outer.ps1", "& \"$PSScriptRoot/inner.ps1\"; \"after $LASTEXITCODE $?\"");
        ShellResult result = await ShellProcess.RunAsync("-File", outer);
        Assert.Equal(("after 3 False\n", 0), (result.Output, result.ExitCode));
    }

    [Fact]
    public async Task Parameters_arrive_by_name_and_place()
    {
        string script = _folder.Write("p.ps1",
            "param([string] $A, [string] $B, [switch] $C, [int] $N = 1) \"$A|$B|$C|$N\"; exit $N");
        ShellResult result = await ShellProcess.RunAsync(script, "first one", "-B", "it's $HOME", "-C:$false", "-N:",
            "6");
        Assert.Equal(("first one|it's $HOME|False|6\n", 6), (result.Output, result.ExitCode));
    }

    [Fact]
    public async Task Arguments_reach_args_as_they_are()
    {
        string script = _folder.Write("a.ps1", "$args -join '|'");
        ShellResult result = await ShellProcess.RunAsync("-File", script, "-a", "b", "c d", "--g", "--", "", "$x", "`n",
            "-1", "\u2018q\u2019");
        Assert.Equal("-a|b|c d|--g|--||$x|`n|-1|\u2018q\u2019\n", result.Output);
    }

    [Fact]
    public async Task A_wrong_argument_is_an_error()
    {
        string script = _folder.Write("n.ps1", "param([int] $N) 'ran'");
        ShellResult result = await ShellProcess.RunAsync("-File", script, "-N", "x");
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("Cannot process argument transformation", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_script_knows_where_it_is()
    {
        string script = _folder.Write("w.ps1", "$PSScriptRoot; $PSCommandPath; $MyInvocation.MyCommand.Path");
        ShellResult result = await ShellProcess.RunAsync("-File", script);
        Assert.Equal([_folder.Path, script, script], result.Lines);
    }

    [Fact]
    public async Task An_error_shows_its_line_in_the_script()
    {
        string script = _folder.Write("e.ps1", "'one'\nfunction f { throw 'boom' }\nf\n");
        ShellResult result = await ShellProcess.RunAsync("-File", script);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("e.ps1:2", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Standard_input_is_the_scripts_input_when_it_mentions_it()
    {
        string script = _folder.Write("i.ps1", "$input | ForEach-Object { \"<$_>\" }; exit 9");
        ShellResult result = await ShellProcess.RunAsync(["-File", script], "a\nb\n");
        Assert.Equal(("<a>\n<b>\n", 9), (result.Output, result.ExitCode));
    }

    [Fact]
    public async Task A_file_without_the_extension_runs_for_its_first_line()
    {
        string script = _folder.Write("tool", $"#!{ShellProcess.Executable}\n\"hello $args\"; exit 6\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        ShellResult result = await ShellProcess.RunAsync("-c", $"& '{script}' you; exit $LASTEXITCODE");
        Assert.Equal(("hello you\n", 6), (result.Output, result.ExitCode));
    }
}
