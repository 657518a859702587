using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Shell;

/// <summary>Commands from standard input.</summary>
public sealed class StandardInputTests
{
    [Fact]
    public async Task Commands_run_one_after_the_other()
    {
        ShellResult result = await ShellProcess.RunAsync(["-NoProfile", "-Command", "-"],
            "$x = 1\n$x + 1\nGet-Command nosuch\n'end'\n");
        Assert.Equal(("2\nend\n", 0), (result.Output, result.ExitCode));
        Assert.Contains("nosuch", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'a'\nexit 4\n'not reached'\n", 4)]
    [InlineData("'a'\nGet-Command nosuch\n", 1)]
    [InlineData("throw 'x'\n'a'\n", 0)]
    [InlineData("", 0)]
    public async Task The_exit_code_is_that_of_exit_or_of_the_last_command(string input, int expected)
    {
        ShellResult result = await ShellProcess.RunAsync(["-Command", "-"], input);
        Assert.Equal(expected, result.ExitCode);
    }

    [Fact]
    public async Task An_empty_line_ends_what_goes_over_several()
    {
        ShellResult result = await ShellProcess.RunAsync(["-Command", "-"],
            "if ($false) {\n'no'\n}\nelse {\n'yes'\n}\n\n'next'\n");
        Assert.Equal("yes\nnext\n", result.Output);
    }

    [Fact]
    public async Task A_command_reads_input_lines_when_it_mentions_them()
    {
        ShellResult result = await ShellProcess.RunAsync(["-c", "$input | Where-Object { $_ -like 'b*' }"],
            "apple\nbanana\n");
        Assert.Equal("banana\n", result.Output);
    }

    [Fact]
    public async Task A_command_that_does_not_mention_it_leaves_standard_input_alone()
    {
        ShellResult result = await ShellProcess.RunAsync(["-NoProfile", "-c", "/bin/cat"], "for cat\n");
        Assert.Equal("for cat\n", result.Output);
    }
}
