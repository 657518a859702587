using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;

namespace VxlanCsum.EngineTests.Hosting;

/// <summary>
/// The real engine with the staged module imported by path, as a user imports it. Has what CreateDefault2 has: the
/// language, Microsoft.PowerShell.Core (ForEach-Object, Where-Object, Out-Default, Import-Module...), no Utility
/// module.
/// </summary>
public sealed class ModuleSession : IDisposable
{
    private readonly Runspace _runspace;

    /// <summary>Opens a session, and unless told not to imports the module.</summary>
    public ModuleSession(bool importModule = true, PSHost? host = null)
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        _runspace = host is null ? RunspaceFactory.CreateRunspace(state) : RunspaceFactory.CreateRunspace(host, state);
        _runspace.Open();
        if (importModule)
        {
            ImportModule();
        }
    }

    /// <summary>The runspace, for tests that make their own pipelines.</summary>
    public Runspace Runspace => _runspace;

    /// <summary>Imports the staged module.</summary>
    public SessionResult ImportModule(bool force = false) =>
        Run("param($path, $force) Import-Module $path -Force:$force -ErrorAction Stop", Repository.Manifest, force)
            .Succeeded();

    /// <summary>Runs a script in the session's global scope. Positional arguments go to its <c>param()</c> or
    /// <c>$args</c>.</summary>
    public SessionResult Run(string script, params object?[] arguments) => RunWithInput(script, null, arguments);

    /// <summary>Runs a script with objects on its pipeline input, to be read as <c>$input</c>.</summary>
    public SessionResult RunWithInput(string script, IEnumerable? input, params object?[] arguments)
    {
        using PowerShell shell = PowerShell.Create(_runspace);
        shell.AddScript(script, useLocalScope: false);
        foreach (object? argument in arguments)
        {
            shell.AddArgument(argument);
        }

        List<PSObject> output = [];
        ErrorRecord? terminating = null;
        try
        {
            shell.Invoke(input, output);
        }
        catch (RuntimeException error)
        {
            terminating = error.ErrorRecord;
        }

        return new SessionResult(
            output,
            [.. shell.Streams.Error],
            [.. shell.Streams.Warning.Select(record => record.Message)],
            [.. shell.Streams.Verbose.Select(record => record.Message)],
            [.. shell.Streams.Progress],
            terminating);
    }

    /// <inheritdoc/>
    public void Dispose() => _runspace.Dispose();
}
