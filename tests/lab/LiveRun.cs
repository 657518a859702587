using System.Management.Automation;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests;

/// <summary>A script that captures or watches, running; known is when that has begun and what it gave.</summary>
public sealed class LiveRun : IDisposable
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PowerShell _shell;
    private readonly PSDataCollection<PSObject> _output = [];
    private readonly Task _ended;

    private LiveRun(ModuleSession session, string script, object?[] arguments)
    {
        _shell = PowerShell.Create(session.Runspace);
        _shell.AddScript("$VerbosePreference = 'Continue'\n" + script, useLocalScope: true);
        foreach (object? argument in arguments)
        {
            _shell.AddArgument(argument);
        }

        _shell.Streams.Verbose.DataAdded += (_, e) =>
        {
            if (_shell.Streams.Verbose[e.Index].Message is var said
                && (said.StartsWith("Capturing on ", StringComparison.Ordinal)
                    || said.StartsWith("Watching ", StringComparison.Ordinal)))
            {
                _begun.TrySetResult();
            }
        };
        _ended = Task.Factory.FromAsync(_shell.BeginInvoke<PSObject, PSObject>(null, _output), _ => { });
    }

    /// <summary>Starts the script and waits until its capture has begun, the filter included, or its rules are
    /// in.</summary>
    public static async Task<LiveRun> StartAsync(ModuleSession session, string script, params object?[] arguments)
    {
        var run = new LiveRun(session, script, arguments);
        await Task.WhenAny(run._begun.Task, run._ended)
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        if (!run._begun.Task.IsCompleted)
        {
            // Only now: the streams of a running script are enumerated to its end.
            Assert.Fail(string.Join('\n', run._shell.Streams.Error));
        }

        return run;
    }

    /// <summary>Waits for the end of the script.</summary>
    public async Task<SessionResult> ResultAsync()
    {
        await _ended.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        return new SessionResult(
            [.. _output], [.. _shell.Streams.Error], [.. _shell.Streams.Warning.Select(w => w.Message)],
            [.. _shell.Streams.Verbose.Select(v => v.Message)], [.. _shell.Streams.Progress], null);
    }

    /// <summary>As Ctrl-C does.</summary>
    public void Stop() => _shell.Stop();

    public PSInvocationState State => _shell.InvocationStateInfo.State;

    public void Dispose() => _shell.Dispose();
}
