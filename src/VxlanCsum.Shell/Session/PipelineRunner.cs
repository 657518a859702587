using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using VxlanCsum.Shell.Hosting;

namespace VxlanCsum.Shell.Session;

/// <summary>Runs text and scripts in the session, formats what they give with Out-Default, and reports what ended them.</summary>
internal sealed class PipelineRunner(Runspace runspace, ShellUserInterface userInterface, Interrupts interrupts)
{
    /// <summary>How deep in nested prompts we are; within one, pipelines nest in the one that asked.</summary>
    public int Depth { get; set; }

    /// <summary>Runs text that was typed or given.</summary>
    public PipelineEnding RunText(string text, IReadOnlyList<CommandParameter>? parameters = null, bool addToHistory = true)
    {
        using Pipeline pipeline = Create(text, addToHistory);
        return Run(pipeline, parameters, readsInput: UsesInput(Parser.ParseInput(text, out _, out _)));
    }

    /// <summary>Runs a script file.</summary>
    public PipelineEnding RunFile(string path, IReadOnlyList<CommandParameter> parameters, bool keepsVariables)
    {
        // A file without the extension has been started by its #! line: it is text, not a command.
        bool readsInput = UsesInput(Parser.ParseFile(path, out _, out _));
        if (!path.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase))
        {
            using Pipeline text = Create(null, addToHistory: false);
            text.Commands.Add(new Command(File.ReadAllText(path), isScript: true));
            return Run(text, parameters, readsInput);
        }

        // In the history, because the engine keeps the $? of those pipelines alone.
        using Pipeline pipeline = Create(ScriptCall.Text(path, parameters, readsInput, keepsVariables), addToHistory: true);
        return Run(pipeline, null, readsInput);
    }

    /// <summary>The value of an expression, for the shell's own use; null when it fails.</summary>
    public object? Evaluate(string expression)
    {
        using Pipeline pipeline = Create(expression, addToHistory: false);
        using IDisposable watch = interrupts.Watch(pipeline);
        try
        {
            return pipeline.Invoke().LastOrDefault()?.BaseObject;
        }
        catch (RuntimeException)
        {
            return null;
        }
    }

    /// <summary>Shows an error as the engine formats it, on standard error.</summary>
    public void Report(Exception error)
    {
        ErrorRecord record = error is IContainsErrorRecord { ErrorRecord: { } contained }
            ? error is IncompleteParseException ? new ErrorRecord(contained, error) : contained
            : new ErrorRecord(error, error.GetType().Name, ErrorCategory.NotSpecified, null);
        using Pipeline pipeline = Create(null, addToHistory: false);
        pipeline.Commands.Add(new Command("Out-Default", isScript: false, useLocalScope: true));
        try
        {
            userInterface.WriteAsError(() => pipeline.Invoke(new[] { record }));
        }
        catch (RuntimeException)
        {
            userInterface.WriteErrorLine(error.Message);
        }
    }

    private Pipeline Create(string? text, bool addToHistory) => (text, Depth) switch
    {
        (null, 0) => runspace.CreatePipeline(),
        (null, _) => runspace.CreateNestedPipeline(),
        (_, 0) => runspace.CreatePipeline(text, addToHistory),
        _ => runspace.CreateNestedPipeline(text, addToHistory),
    };

    private PipelineEnding Run(Pipeline pipeline, IReadOnlyList<CommandParameter>? parameters, bool readsInput)
    {
        Command command = pipeline.Commands[0];
        foreach (CommandParameter parameter in parameters ?? [])
        {
            command.Parameters.Add(parameter);
        }

        // Errors go through Out-Default too, so that they come out in order with the output.
        command.MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        pipeline.Commands.Add(new Command("Out-Default", isScript: false, useLocalScope: true));
        using IDisposable watch = interrupts.Watch(pipeline);
        try
        {
            if (readsInput && Console.IsInputRedirected)
            {
                InvokeWithInput(pipeline);
            }
            else
            {
                pipeline.Invoke();
            }

            return pipeline.PipelineStateInfo.State == PipelineState.Stopped ? PipelineEnding.Stopped : PipelineEnding.Completed;
        }
        catch (PipelineStoppedException)
        {
            return PipelineEnding.Stopped;
        }
        catch (RuntimeException error)
        {
            Report(error);
            return PipelineEnding.Failed;
        }
        finally
        {
            userInterface.EndProgress();
        }
    }

    /// <summary>Feeds standard input, line by line as it comes, to a script that mentions <c>$input</c>.</summary>
    private static void InvokeWithInput(Pipeline pipeline)
    {
        using ManualResetEventSlim ended = new();
        pipeline.StateChanged += (_, change) =>
        {
            if (change.PipelineStateInfo.State is PipelineState.Completed or PipelineState.Failed or PipelineState.Stopped)
            {
                ended.Set();
            }
        };
        pipeline.InvokeAsync();
        try
        {
            while (!ended.IsSet && Console.In.ReadLine() is { } line)
            {
                pipeline.Input.Write(line);
            }

            pipeline.Input.Close();
        }
        catch (PipelineClosedException)
        {
            // The command ended without reading all of its input.
        }

        ended.Wait();
        if (pipeline.PipelineStateInfo is { State: PipelineState.Failed, Reason: { } reason })
        {
            throw reason as RuntimeException ?? new RuntimeException(reason.Message, reason);
        }
    }

    private static bool UsesInput(ScriptBlockAst script) =>
        script.Find(node => node is VariableExpressionAst { VariablePath.UserPath: { } name } && name.Equals("input", StringComparison.OrdinalIgnoreCase), searchNestedScriptBlocks: false) is not null;
}
