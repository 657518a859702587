using System.Diagnostics;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Shell;

/// <summary>What reaches a pipe, a file and a terminal.</summary>
public sealed class OutputTests
{
    private const string Colourful =
        "$PSStyle.Foreground.Red + 'red' + $PSStyle.Reset; [pscustomobject]@{ Name = 1 }; $Host.UI.WriteLine('Blue', "
        + "'White', 'blue'); Get-Command nosuch";

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
        ShellResult result = await ShellProcess.RunAsync("-c",
            "$PSStyle.OutputRendering = 'Ansi'; $PSStyle.Foreground.Red + 'red' + $PSStyle.Reset");
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
        await using TerminalProcess terminal = TerminalProcess.Start(
            ["-NonInteractive", "-c",
                "'plain'; $PSStyle.Foreground.Red + 'red' + $PSStyle.Reset; /bin/sh -c 'echo $TERM'"]);
        Assert.Equal("plain\r\n\e[31mred\e[0m\r\nxterm-256color\r\n", await terminal.FinishAsync());
    }

    [Fact]
    public async Task A_terminal_of_size_0_shows_the_table()
    {
        await using TerminalProcess terminal = TerminalProcess.Start(
            ["-NoProfile", "-Command", "Test-VxlanChecksum tests/data/captures/udpcsum-on-random.pcap"], columns: 0,
            rows: 0);
        string output = await terminal.FinishAsync();
        Assert.Contains("10.0.10.14 -> 10.0.10.10", output, StringComparison.Ordinal);
        Assert.Contains("NatLocalChecksum", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Long_lines_break_between_words()
    {
        ShellResult result = await ShellProcess.RunAsync("-NoProfile", "-c",
            "[pscustomobject]@{ A = 'word ' * 40 } | Format-List");
        Assert.All(result.Output.Split(' ', '\n').Where(word => word.Length > 0),
            word => Assert.Contains(word, (string[])["A", ":", "word"]));
    }

    [Fact]
    public async Task What_a_command_has_to_take_back_is_taken_back_when_nobody_reads_any_more()
    {
        using Process process = ShellProcess.Start(
            ["-NoProfile", "-c",
                "try { while ($true) { 'line' } } finally { [System.Console]::Error.WriteLine('taken back') }"]);
        Assert.Equal("line", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        process.StandardOutput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("taken back\n", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
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
        using Process process = Process.Start("/bin/sh",
            ["-c", $"'{ShellProcess.Executable}' -c \"1; /bin/echo two; 3\" > '{file}'"]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("1\ntwo\n3\n", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }
}
