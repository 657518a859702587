using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Shell;

/// <summary>The prompt, on a real pseudo-terminal. Its line editor is PSReadLine, which came along.</summary>
public sealed class PromptTests : IAsyncDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly TerminalProcess _terminal;

    public PromptTests() => _terminal = Start("-NoLogo", "-NoProfile");

    public async ValueTask DisposeAsync()
    {
        await _terminal.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task The_banner_says_what_this_is()
    {
        await using TerminalProcess terminal = Start("-NoProfile");
        string banner = await terminal.ExpectAsync("> ");
        Assert.Contains("VxlanCsum 0.", banner, StringComparison.Ordinal);
        Assert.Contains("in PowerShell 7.", banner, StringComparison.Ordinal);
        await ExitAsync(terminal);
    }

    [Fact]
    public async Task Commands_run_and_share_their_variables()
    {
        await _terminal.ExpectAsync("> ");
        await _terminal.SendAsync("$x = 20\r");
        await _terminal.ExpectAsync("> ");
        await _terminal.SendAsync("$x + 1\r");
        await _terminal.ExpectAsync("21\r\n");
        await ExitAsync(_terminal);
    }

    [Fact]
    public async Task Tab_completes_the_modules_commands_and_parameters()
    {
        await _terminal.ExpectAsync("> ");
        await _terminal.SendAsync("Read-Pc\t");
        await _terminal.ExpectAsync("Read-PcapChecksum");
        await _terminal.SendAsync(" -Literal\t");
        await _terminal.ExpectAsync("-LiteralPath");
        await _terminal.SendAsync("\x03");
        await _terminal.ExpectAsync("> ");
        await ExitAsync(_terminal);
    }

    [Fact]
    public async Task History_comes_back_with_the_arrow()
    {
        await _terminal.ExpectAsync("> ");
        await _terminal.SendAsync("'fir' + 'st'\r");
        await _terminal.ExpectAsync("first\r\n");
        await _terminal.ExpectAsync("> ");
        await _terminal.SendAsync("\e[A\r");
        await _terminal.ExpectAsync("first\r\n");
        await ExitAsync(_terminal);
    }

    [Fact]
    public async Task NoExit_gives_a_prompt_after_the_command()
    {
        await using TerminalProcess terminal = Start("-NoLogo", "-NoProfile", "-NoExit", "-c", "$y = 5");
        await terminal.ExpectAsync("> ");
        await terminal.SendAsync("$y + 1\r");
        await terminal.ExpectAsync("6\r\n");
        await ExitAsync(terminal);
    }

    private TerminalProcess Start(params string[] arguments) =>
        TerminalProcess.Start(arguments, new() { ["HOME"] = _home.Path });

    private static async Task ExitAsync(TerminalProcess terminal)
    {
        await terminal.SendAsync("exit 3\r");
        await terminal.FinishAsync();
        Assert.Equal(3, terminal.ExitCode);
    }
}
