using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using VxlanCsum.Shell.CommandLine;
using VxlanCsum.Shell.Hosting;
using VxlanCsum.Shell.Prompt;

namespace VxlanCsum.Shell.Session;

/// <summary>The engine with the module imported, from start to exit code.</summary>
internal sealed class ShellSession : IDisposable
{
    private readonly ShellArguments _arguments;
    private readonly ShellUserInterface _userInterface;
    private readonly ShellHost _host;
    private readonly Runspace _runspace;
    private readonly Interrupts _interrupts = new();
    private readonly PipelineRunner _runner;

    private ShellSession(ShellArguments arguments)
    {
        Task<InitialSessionState> state = HeadStart.Begin(arguments);
        _arguments = arguments;
        _userInterface = new ShellUserInterface(!arguments.NonInteractive);
        _host = new ShellHost(_userInterface);
        if (TerminalFacts.NoColor || !TerminalFacts.OutputTakesEscapes)
        {
            PSStyle.Instance.OutputRendering = OutputRendering.PlainText;
        }

        _runspace = RunspaceFactory.CreateRunspace(_host, state.GetAwaiter().GetResult());
        _runspace.ThreadOptions = PSThreadOptions.ReuseThread;
        _runspace.Open();
        _runner = new PipelineRunner(_runspace, _userInterface, _interrupts);
    }

    /// <summary>Does what the command line asks and gives the process's exit code.</summary>
    public static int Run(ShellArguments arguments)
    {
        if (arguments.WorkingDirectory is { } folder)
        {
            Environment.CurrentDirectory = folder;
        }

        if (arguments.NonInteractive)
        {
            UntouchedTerminal.Install();
        }

        using ShellSession session = new(arguments);
        string? problem = session.ImportModule();
        if (problem is not null)
        {
            session._userInterface.WriteErrorLine("vxlancsum: " + problem);
            return ShellExitCode.InitFailure;
        }

        return session.Run();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _interrupts.Dispose();
        _runspace.Dispose();
        if (TerminalFacts.IsInteractive && TerminalFacts.OutputTakesEscapes && !_arguments.NonInteractive)
        {
            // The runtime's console leaves cursor keys and keypad in application mode (dotnet/runtime 27626).
            Console.Out.Write("\e[?1l\e>");
        }
    }

    private string? ImportModule()
    {
        try
        {
            using PowerShell shell = PowerShell.Create(_runspace);
            shell.AddCommand("Import-Module").AddParameter("Name", ModuleLocator.Find()).AddParameter("PassThru").AddParameter("ErrorAction", "Stop");
            PSModuleInfo module = shell.Invoke<PSModuleInfo>()[0];
            if (_runspace.SessionStateProxy.GetVariable("PSVersionTable") is IDictionary versions)
            {
                versions["VxlanCsum"] = module.Version;
            }

            return null;
        }
        catch (FileNotFoundException missing)
        {
            return missing.Message;
        }
        catch (RuntimeException error)
        {
            return $"the VxlanCsum module cannot be imported: {error.Message}";
        }
    }

    private int Run()
    {
        bool hasPrompt = TerminalFacts.IsInteractive && !_arguments.NonInteractive;
        if (hasPrompt)
        {
            _host.NestedPrompt = () => new InteractiveLoop(_runner, _host, _userInterface, _runspace).RunNested();
        }

        int exitCode = _arguments.Mode switch
        {
            ShellMode.Command => ExitCodeAfter(_runner.RunText(_arguments.Text, _arguments.Parameters)),
            ShellMode.File => RunFile(),
            ShellMode.Session when hasPrompt => RunPrompt(),
            _ => RunStandardInput(),
        };

        return _arguments.NoExit && hasPrompt && _host.RequestedExit is null ? RunPrompt() : exitCode;
    }

    private int RunFile()
    {
        // `exit N` in a script file ends that file alone and leaves N in LASTEXITCODE and $? false; 0 leaves it true.
        // A failing statement or program in the file does not: only the file's own failure shows in $?.
        _runspace.SessionStateProxy.SetVariable("global:LASTEXITCODE", 0);
        PipelineEnding ending = _runner.RunFile(_arguments.Text, _arguments.Parameters, keepsVariables: _arguments.NoExit);
        if (ending != PipelineEnding.Completed)
        {
            // pwsh gives 0 for a script file that Ctrl-C stopped, and 1 for such a command.
            return ending == PipelineEnding.Stopped ? ShellExitCode.Success : ShellExitCode.Failure;
        }

        int exitCode = ExitCodeAfter(ending);
        return exitCode != ShellExitCode.Success && _host.RequestedExit is null && _runspace.SessionStateProxy.GetVariable("LASTEXITCODE") is int given and not 0
            ? given
            : exitCode;
    }

    private int RunStandardInput()
    {
        new StandardInputLoop(_runner, _host).Run();
        return ExitCodeAfter(PipelineEnding.Completed);
    }

    private int RunPrompt()
    {
        InteractiveLoop loop = new(_runner, _host, _userInterface, _runspace);
        if (!_arguments.NoLogo && _arguments.Mode == ShellMode.Session)
        {
            Banner.Show(_userInterface);
        }

        loop.Run();
        return _host.RequestedExit ?? ShellExitCode.Success;
    }

    private int ExitCodeAfter(PipelineEnding ending) =>
        _host.RequestedExit ?? (ending != PipelineEnding.Failed && _runner.Evaluate("$global:?") is true ? ShellExitCode.Success : ShellExitCode.Failure);
}
