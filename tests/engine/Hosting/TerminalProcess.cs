using System.Diagnostics;
using System.Text;

namespace VxlanCsum.EngineTests.Hosting;

/// <summary>
/// vxlancsum on a pseudo-terminal, which script(1) of bsdutils (essential on Debian) provides. It answers the one
/// question that
/// PSReadLine has for a terminal: where the cursor is.
/// </summary>
public sealed class TerminalProcess : IAsyncDisposable
{
    private const string WhereIsTheCursor = "\e[6n";
    private const string TopLeft = "\e[1;1R";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly char[] _buffer = new char[4096];
    private int _seen;
    private int _answered;

    private TerminalProcess(Process process) => _process = process;

    /// <summary>Its exit code, after <see cref="FinishAsync"/>.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts it in the repository's root, on a terminal of this size.</summary>
    public static TerminalProcess Start(
        IReadOnlyList<string> arguments, Dictionary<string, string?>? environment = null, int columns = 100,
        int rows = 30)
    {
        string command = string.Join(' ',
            new[] { ShellProcess.Executable }.Concat(arguments)
                .Select(word => "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'"));
        ProcessStartInfo start = new("script",
            ["-qec", $"stty cols {columns} rows {rows}; exec " + command, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Repository.Root,
        };
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["SHELL"] = "/bin/sh";
        start.Environment.Remove("NO_COLOR");
        start.Environment.Remove("COLUMNS");
        foreach ((string name, string? value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        return new TerminalProcess(Process.Start(start)
            ?? throw new InvalidOperationException("script(1) did not start."));
    }

    /// <summary>Presses keys.</summary>
    public async Task SendAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits until text has been written that was not there at the last such wait; gives what stood before
    /// it.</summary>
    public async Task<string> ExpectAsync(string text)
    {
        using CancellationTokenSource limit = Limit();
        while (true)
        {
            int place = _output.ToString().IndexOf(text, _seen, StringComparison.Ordinal);
            if (place >= 0)
            {
                string before = _output.ToString(_seen, place - _seen);
                _seen = place + text.Length;
                return before;
            }

            if (!await ReadAsync(limit.Token))
            {
                Assert.Fail($"The terminal closed before '{text}' came. It showed: {_output}");
            }
        }
    }

    /// <summary>Waits for the end; gives all that was written.</summary>
    public async Task<string> FinishAsync()
    {
        using CancellationTokenSource limit = Limit();
        while (await ReadAsync(limit.Token))
        {
        }

        await _process.WaitForExitAsync(limit.Token);
        return _output.ToString();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private async Task<bool> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            int count = await _process.StandardOutput.ReadAsync(_buffer, cancellation);
            _output.Append(_buffer, 0, count);
            await AnswerAsync();
            return count > 0;
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"Nothing more came for {Patience.TotalSeconds} s. The terminal shows: {_output}");
            throw;
        }
    }

    private async Task AnswerAsync()
    {
        string output = _output.ToString();
        for (int place; (place = output.IndexOf(WhereIsTheCursor, _answered, StringComparison.Ordinal)) >= 0;)
        {
            _answered = place + WhereIsTheCursor.Length;
            await SendAsync(TopLeft);
        }
    }

    private static CancellationTokenSource Limit()
    {
        CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        return limit;
    }
}
