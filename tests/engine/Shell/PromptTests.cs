using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Shell;

/// <summary>The prompt, on a real pseudo-terminal.</summary>
public sealed class PromptTests : IAsyncDisposable
{
    private const string Up = "\e[A";
    private const string Down = "\e[B";
    private const string Left = "\e[D";
    private const string Home = "\x01";
    private const string Backspace = "\x7f";
    private readonly TemporaryFolder _state = new();
    private readonly TerminalProcess _terminal;

    public PromptTests() => _terminal = Start();

    public async ValueTask DisposeAsync()
    {
        await _terminal.DisposeAsync();
        _state.Dispose();
    }

    [Fact]
    public async Task The_banner_says_what_this_is_and_what_it_is_not()
    {
        await using TerminalProcess terminal = TerminalProcess.Start([], Environment);
        string banner = await terminal.ExpectAsync("> ");
        Assert.Contains("in the PowerShell engine 7.", banner, StringComparison.Ordinal);
        Assert.Contains("no Utility and no Management module", banner, StringComparison.Ordinal);
        Assert.Contains("Install pwsh", banner, StringComparison.Ordinal);
        await ExitAsync(terminal);
    }

    [Fact]
    public async Task Commands_run_and_share_their_variables()
    {
        await RunAsync("$x = 20\r");
        await RunAsync("$x + 1\r", "\r\n21\r\n");
        await ExitAsync(_terminal);
    }

    [Fact]
    public async Task A_line_can_be_edited()
    {
        await RunAsync($"b' + 'xc'{Left}{Left}{Backspace}{Home}'a\r", "\r\nabc\r\n");
        await ExitAsync(_terminal);
    }

    [Fact]
    public async Task What_is_not_whole_goes_on_in_the_next_line()
    {
        await _terminal.ExpectAsync("> ");
        await _terminal.SendAsync("foreach ($i in 1..2) {\r");
        await _terminal.ExpectAsync(">> ");
        await _terminal.SendAsync("\"i$i\"\r");
        await _terminal.ExpectAsync(">> ");
        await _terminal.SendAsync("}\r");
        await _terminal.ExpectAsync("\r\ni1\r\ni2\r\n");
        await ExitAsync(_terminal);
    }

    [Fact]
    public async Task History_comes_back_with_the_arrows_and_in_the_next_session()
    {
        await RunAsync("'fir' + 'st'\r", "\r\nfirst\r\n");
        await RunAsync("'sec' + 'ond'\r", "\r\nsecond\r\n");
        await RunAsync(" 'not ' + 'kept'\r", "\r\nnot kept\r\n");
        await RunAsync($"{Up}{Up}{Down}\r", "\r\nsecond\r\n");
        await ExitAsync(_terminal);
        string file = Path.Combine(_state.Path, "vxlancsum", "history");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        await using TerminalProcess next = Start();
        await next.ExpectAsync("> ");
        await next.SendAsync($"{Up}{Up}{Up}\r");
        await next.ExpectAsync("\r\nfirst\r\n");
        await ExitAsync(next);
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
        await ExitAsync(_terminal);
    }

    [Fact]
    public async Task Tab_completes_file_names_one_after_the_other()
    {
        using TemporaryFolder folder = new();
        folder.Write("bee's knees.pcap", "");
        folder.Write("beetle.pcap", "");
        await RunAsync($"Read-PcapChecksum {folder.Path}/be\t");
        await _terminal.ExpectAsync("'" + Path.Combine(folder.Path, "bee''s knees.pcap'"));
        await _terminal.SendAsync("\t");
        await _terminal.ExpectAsync("Read-PcapChecksum " + Path.Combine(folder.Path, "beetle.pcap"));
        await _terminal.SendAsync("\e[Z");
        await _terminal.ExpectAsync("knees.pcap'");
        await _terminal.SendAsync("\x03");
        await ExitAsync(_terminal);
    }

    [Fact]
    public async Task A_completed_file_name_does_not_reach_the_terminal_raw()
    {
        using TemporaryFolder folder = new();
        folder.Write("evil\e[2Jname", "");
        await RunAsync($"/bin/ls {folder.Path}/ev\t");
        string shown = await _terminal.ExpectAsync("[2Jname'");
        Assert.EndsWith("evil ", shown, StringComparison.Ordinal);
        await _terminal.SendAsync("\x03");
        await ExitAsync(_terminal);
    }

    [Fact]
    public async Task A_line_longer_than_the_terminal_is_wide_runs_as_it_is()
    {
        string text = new('a', 150);
        await RunAsync($"'{text}'.Length\r", "\r\n150\r\n");
        await ExitAsync(_terminal);
    }

    [Fact]
    public async Task The_directory_can_be_changed()
    {
        await RunAsync("cd /usr/lib\r");
        await _terminal.ExpectAsync("PS /usr/lib> ");
        await _terminal.SendAsync("/bin/pwd\r");
        await _terminal.ExpectAsync("\r\n/usr/lib\r\n");
        await ExitAsync(_terminal);
    }

    [Fact]
    public async Task An_error_is_shown_and_the_prompt_comes_back()
    {
        await RunAsync("throw 'bo' + 'om'\r", "boom");
        await RunAsync("1 2\r", "Unexpected token");
        await ExitAsync(_terminal);
    }

    [Fact]
    public async Task Suspend_gives_a_nested_prompt_that_exit_leaves()
    {
        const string command = "function f { [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')] param() if ($PSCmdlet.ShouldProcess('T')) { 'it is' + ' done' } }; f\r";
        await RunAsync(command, "\"Y\"): ");
        await _terminal.SendAsync("s\r");
        await _terminal.ExpectAsync(">> ");
        await _terminal.SendAsync("Read-Pc\t");
        await _terminal.ExpectAsync("Read-PcapChecksum");
        await _terminal.SendAsync("\x15/usr/li\t");
        await _terminal.ExpectAsync("/usr/lib/");
        await _terminal.SendAsync("\x15'depth ' + $NestedPromptLevel\r");
        await _terminal.ExpectAsync("depth 1\r\n");
        await _terminal.ExpectAsync(">> ");
        await _terminal.SendAsync("exit\r");
        await _terminal.ExpectAsync("\"Y\"): ");
        await _terminal.SendAsync("y\r");
        await _terminal.ExpectAsync("it is done\r\n");
        await ExitAsync(_terminal);
    }

    [Fact]
    public async Task A_secret_is_not_shown()
    {
        await RunAsync("$s = $Host.UI.ReadLineAsSecureString(); \"len \" + $s.Length\r");
        await _terminal.SendAsync("hush\x7f\r");
        string shown = await _terminal.ExpectAsync("len 3\r\n");
        Assert.DoesNotContain("hus", shown, StringComparison.Ordinal);
        await ExitAsync(_terminal);
    }

    [Fact]
    public async Task Ctrl_D_on_an_empty_line_leaves()
    {
        await _terminal.ExpectAsync("> ");
        await _terminal.SendAsync("\x04");
        await _terminal.FinishAsync();
        Assert.Equal(0, _terminal.ExitCode);
    }

    [Fact]
    public async Task NoExit_gives_a_prompt_after_the_command()
    {
        await using TerminalProcess terminal = TerminalProcess.Start(["-NoLogo", "-NoExit", "-c", "$y = 5"], Environment);
        await terminal.ExpectAsync("> ");
        await terminal.SendAsync("$y + 1\r");
        await terminal.ExpectAsync("\r\n6\r\n");
        await ExitAsync(terminal);
    }

    private Dictionary<string, string?> Environment => new() { ["XDG_STATE_HOME"] = _state.Path };

    private TerminalProcess Start() => TerminalProcess.Start(["-NoLogo"], Environment);

    private async Task RunAsync(string keys, string? expected = null)
    {
        await _terminal.ExpectAsync("> ");
        await _terminal.SendAsync(keys);
        if (expected is not null)
        {
            await _terminal.ExpectAsync(expected);
        }
    }

    private static async Task ExitAsync(TerminalProcess terminal)
    {
        await terminal.SendAsync("exit\r");
        await terminal.FinishAsync();
        Assert.Equal(0, terminal.ExitCode);
    }
}
