using System.Diagnostics;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Shell;

/// <summary>Ctrl-C. The exit codes are those of pwsh 7.6: 1 for -Command, 0 for -File.</summary>
public sealed class InterruptTests
{
    [Fact]
    public async Task It_stops_a_command()
    {
        using Process process = ShellProcess.Start(["-c", "'started'; while ($true) { }; 'not reached'"]);
        ShellResult result = await InterruptAsync(process);
        Assert.Equal(("", 1), (result.Output, result.ExitCode));
    }

    [Fact]
    public async Task It_stops_a_script_file()
    {
        using TemporaryFolder folder = new();
        using Process process = ShellProcess.Start(
            ["-File", folder.Write("loop.ps1", "'started'; while ($true) { }; 'not reached'")]);
        ShellResult result = await InterruptAsync(process);
        Assert.Equal(("", 0), (result.Output, result.ExitCode));
    }

    [Fact]
    public async Task It_stops_a_command_from_standard_input_and_the_next_one_runs()
    {
        using Process process = ShellProcess.Start(["-Command", "-"]);
        await process.StandardInput.WriteAsync("'started'; while ($true) { }; 'not reached'\n'next'\n");
        process.StandardInput.Close();
        ShellResult result = await InterruptAsync(process);
        Assert.Equal(("next\n", 0), (result.Output, result.ExitCode));
    }

    [Fact]
    public async Task On_a_terminal_it_stops_the_command_and_the_prompt_comes_back()
    {
        using TemporaryFolder home = new();
        await using TerminalProcess terminal = TerminalProcess.Start(["-NoLogo", "-NoProfile"],
            new() { ["HOME"] = home.Path });
        await terminal.ExpectAsync("> ");
        await terminal.SendAsync("'sta' + 'rted'; while ($true) { }\r");
        await terminal.ExpectAsync("started\r\n");
        await terminal.SendAsync("\x03");
        await terminal.ExpectAsync("> ");
        await terminal.SendAsync("'still ' + 'here'\r");
        await terminal.ExpectAsync("still here\r\n");
        await terminal.SendAsync("exit 8\r");
        await terminal.FinishAsync();
        Assert.Equal(8, terminal.ExitCode);
    }

    private static async Task<ShellResult> InterruptAsync(Process process)
    {
        Assert.Equal("started", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Signals.SendInterrupt(process);
        return await ShellProcess.FinishAsync(process);
    }
}
