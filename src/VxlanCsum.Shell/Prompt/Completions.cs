using System.Management.Automation;
using System.Management.Automation.Runspaces;
using VxlanCsum.Shell.Session;

namespace VxlanCsum.Shell.Prompt;

/// <summary>What Tab offers, one after the other: the engine's completions of the line, or else file names.</summary>
internal sealed class Completions(Runspace runspace, PipelineRunner runner)
{
    private IReadOnlyList<string> _found = [];
    private int _next;
    private int _start;
    private int _shownLength;

    /// <summary>Puts the next completion (or the one before) into the line. False when there is none.</summary>
    public bool Step(LineBuffer line, bool forward)
    {
        if (_found.Count == 0)
        {
            Find(line.ToString(), line.Cursor);
            _next = forward ? 0 : _found.Count - 1;
        }
        else
        {
            _next = (_next + (forward ? 1 : _found.Count - 1)) % _found.Count;
        }

        if (_found.Count == 0)
        {
            return false;
        }

        string text = _found[_next];
        line.Replace(_start, _shownLength, text);
        _shownLength = text.Length;
        if (_found.Count == 1)
        {
            // The only one is taken; Tab again completes what follows it.
            Forget();
        }

        return true;
    }

    /// <summary>Another key was pressed: the next Tab begins anew.</summary>
    public void Forget() => _found = [];

    private void Find(string line, int cursor)
    {
        if (FindByEngine(line, cursor) is { CompletionMatches.Count: > 0 } completion)
        {
            _found = [.. completion.CompletionMatches.Select(match => match.CompletionText)];
            _start = completion.ReplacementIndex;
            _shownLength = completion.ReplacementLength;
            return;
        }

        string folder = runner.Evaluate("$ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath") as string ?? Environment.CurrentDirectory;
        (_start, _found) = FileCompletions.Find(line, cursor, folder);
        _shownLength = cursor - _start;
    }

    private CommandCompletion? FindByEngine(string line, int cursor)
    {
        // In a nested prompt the runspace is busy with the pipeline that asked, and only its own thread can nest in it.
        using PowerShell shell = runner.Depth > 0 ? PowerShell.Create(RunspaceMode.CurrentRunspace) : PowerShell.Create(runspace);
        try
        {
            return CommandCompletion.CompleteInput(line, cursor, null, shell);
        }
        catch (Exception error) when (error is RuntimeException or InvalidOperationException)
        {
            // A completer of some module failed: it has nothing to offer.
            return null;
        }
    }
}
