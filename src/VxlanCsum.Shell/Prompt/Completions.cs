using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace VxlanCsum.Shell.Prompt;

/// <summary>What Tab offers: the engine's completions of the line, one after the other.</summary>
internal sealed class Completions(Runspace runspace)
{
    private CommandCompletion? _found;
    private int _shownLength;

    /// <summary>Puts the next completion (or the one before) into the line. False when there is none.</summary>
    public bool Step(LineBuffer line, bool forward)
    {
        if (_found is null)
        {
            Find(line);
        }

        if (_found is null || _found.CompletionMatches.Count == 0)
        {
            _found = null;
            return false;
        }

        CompletionResult next = _found.GetNextResult(forward);
        line.Replace(_found.ReplacementIndex, _shownLength, next.CompletionText);
        _shownLength = next.CompletionText.Length;
        if (_found.CompletionMatches.Count == 1)
        {
            // The only one is taken; Tab again completes what follows it.
            _found = null;
        }

        return true;
    }

    /// <summary>Another key was pressed: the next Tab begins anew.</summary>
    public void Forget() => _found = null;

    private void Find(LineBuffer line)
    {
        using PowerShell shell = PowerShell.Create();
        shell.Runspace = runspace;
        try
        {
            _found = CommandCompletion.CompleteInput(line.ToString(), line.Cursor, null, shell);
            _shownLength = _found.ReplacementLength;
        }
        catch (RuntimeException)
        {
            // A completer of some module failed: nothing to offer.
            _found = null;
        }
    }
}
