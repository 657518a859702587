using System.Diagnostics;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Shell;

/// <summary>What reaches a pipe, a file and a terminal.</summary>
public sealed class OutputTests
{
    private const string Colourful = "$PSStyle.Foreground.Red + 'red' + $PSStyle.Reset; [pscustomobject]@{ Name = 1 }; $Host.UI.WriteLine('Blue', 'White', 'blue'); Get-Command nosuch";

    [Fact]
    public async Task Redirected_output_has_no_escape_sequences()
    {
        ShellResult result = await ShellProcess.RunAsync("-c", Colourful);
        Assert.Contains("red\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("blue\n", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Output + result.Errors);
    }

    [Fact]
    public async Task Colours_can_be_asked_for_as_in_pwsh()
    {
        ShellResult result = await ShellProcess.RunAsync("-c", "$PSStyle.OutputRendering = 'Ansi'; $PSStyle.Foreground.Red + 'red' + $PSStyle.Reset");
        Assert.Equal("\e[31mred\e[0m\n", result.Output);
    }

    [Fact]
    public async Task A_terminal_gets_colours()
    {
        await using TerminalProcess terminal = TerminalProcess.Start(["-NoLogo", "-c", Colourful]);
        string output = await terminal.FinishAsync();
        Assert.Contains("\e[31mred\e[0m", output, StringComparison.Ordinal);
        Assert.Contains("blue", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Non_interactive_a_terminal_gets_the_output_alone()
    {
        await using TerminalProcess terminal = TerminalProcess.Start(["-NonInteractive", "-c", "'plain'; $PSStyle.Foreground.Red + 'red' + $PSStyle.Reset; /bin/sh -c 'echo $TERM'"]);
        Assert.Equal("plain\r\n\e[31mred\e[0m\r\nxterm-256color\r\n", await terminal.FinishAsync());
    }

    [Fact]
    public async Task NO_COLOR_turns_them_off()
    {
        await using TerminalProcess terminal = TerminalProcess.Start(["-NoLogo", "-c", Colourful], new() { ["NO_COLOR"] = "1" });
        string output = await terminal.FinishAsync();
        Assert.Contains("red\r\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[3", output, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[4", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_is_shown_on_a_terminal_and_taken_away()
    {
        await using TerminalProcess terminal = TerminalProcess.Start(["-NoLogo", "-c", Progress]);
        string output = await terminal.FinishAsync();
        Assert.Contains("\r\e[KReading  [##########..........] 50 %  half", output, StringComparison.Ordinal);
        Assert.Contains("\r\e[Kdone\r\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_does_not_reach_a_pipe()
    {
        ShellResult result = await ShellProcess.RunAsync("-c", Progress);
        Assert.Equal(("done\n", ""), (result.Output, result.Errors));
    }

    [Fact]
    public async Task Progress_is_one_line_without_control_characters()
    {
        string hostile = Progress.Replace("'half'", "\"ha`nl`e[2Jf\"", StringComparison.Ordinal);
        await using TerminalProcess terminal = TerminalProcess.Start(["-NoLogo", "-c", hostile]);
        Assert.Contains("ha l [2Jf", await terminal.FinishAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task COLUMNS_is_the_width_of_redirected_output()
    {
        ShellResult result = await ShellProcess.RunAsync(
            ["-c", "$Host.UI.RawUI.BufferSize.Width; [pscustomobject]@{ A = 'x' * 300; B = 2 }"], null, new Dictionary<string, string?> { ["COLUMNS"] = "200" });
        Assert.Equal("200", result.Lines[0]);
        Assert.InRange(result.Lines.Max(line => line.Length), 190, 200);
    }

    [Fact]
    public async Task It_stops_when_nobody_reads_its_output_any_more()
    {
        using Process process = ShellProcess.Start(["-c", "while ($true) { 'line' }"]);
        Assert.Equal("line", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        process.StandardOutput.Close();
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        await process.WaitForExitAsync(limit.Token);
        Assert.Equal("", await process.StandardError.ReadToEndAsync(limit.Token));
    }

    [Fact]
    public async Task Output_of_programs_and_of_commands_stays_in_order_in_a_file()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "out");
        using Process process = Process.Start("/bin/sh", ["-c", $"'{ShellProcess.Executable}' -c \"1; /bin/echo two; 3\" > '{file}'"]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("1\ntwo\n3\n", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    private const string Progress = """
        function f {
            [CmdletBinding()] param()
            $record = [System.Management.Automation.ProgressRecord]::new(1, 'Reading', 'half')
            $record.PercentComplete = 50
            $PSCmdlet.WriteProgress($record)
            'done'
        }
        f
        """;
}
