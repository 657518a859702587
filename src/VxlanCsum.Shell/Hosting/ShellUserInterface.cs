using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace VxlanCsum.Shell.Hosting;

/// <summary>Writes the engine's streams where pwsh writes them: errors to standard error, all else to standard output.</summary>
internal sealed class ShellUserInterface : PSHostUserInterface, IHostUISupportsMultipleChoiceSelection
{
    private readonly Lock _lock = new();
    private readonly ProgressLine _progress = new();
    private readonly bool _showProgress;
    private readonly Questions _questions;
    private bool _outputIsError;

    /// <summary>Makes the interface; when not <paramref name="interactive"/>, whatever asks fails.</summary>
    public ShellUserInterface(bool interactive)
    {
        _showProgress = interactive && TerminalFacts.ErrorTakesEscapes;
        _questions = new Questions(this, interactive);
    }

    /// <inheritdoc/>
    public override PSHostRawUserInterface RawUI { get; } = new ShellRawInterface();

    /// <inheritdoc/>
    public override bool SupportsVirtualTerminal => TerminalFacts.OutputTakesEscapes;

    /// <summary>Output ended in the middle of a line, so that a prompt must begin a new one.</summary>
    public bool InMidLine { get; private set; }

    /// <summary>Within it, what is written as output goes to standard error: how a formatted error record gets there.</summary>
    public void WriteAsError(Action write)
    {
        _outputIsError = true;
        try
        {
            write();
        }
        finally
        {
            _outputIsError = false;
        }
    }

    /// <summary>A pipeline has ended: its progress goes.</summary>
    public void EndProgress()
    {
        lock (_lock)
        {
            _progress.Reset();
        }
    }

    /// <summary>Another program is about to use the terminal.</summary>
    public void BeforeOtherProgram()
    {
        lock (_lock)
        {
            _progress.Hide();
            InMidLine = false;
        }
    }

    /// <inheritdoc/>
    public override void Write(string value) => Output(value, endLine: false);

    /// <inheritdoc/>
    public override void WriteLine(string value) => Output(value, endLine: true);

    /// <inheritdoc/>
    public override void WriteLine() => Output("", endLine: true);

    /// <inheritdoc/>
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Output(Colours.Paint(foregroundColor, backgroundColor, value), endLine: false);

    /// <inheritdoc/>
    public override void WriteLine(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Output(Colours.Paint(foregroundColor, backgroundColor, value), endLine: true);

    /// <inheritdoc/>
    public override void WriteErrorLine(string value) => Error(value, endLine: true);

    /// <inheritdoc/>
    public override void WriteWarningLine(string message) => Labelled(PSStyle.Instance.Formatting.Warning, "WARNING: ", message);

    /// <inheritdoc/>
    public override void WriteVerboseLine(string message) => Labelled(PSStyle.Instance.Formatting.Verbose, "VERBOSE: ", message);

    /// <inheritdoc/>
    public override void WriteDebugLine(string message) => Labelled(PSStyle.Instance.Formatting.Debug, "DEBUG: ", message);

    /// <inheritdoc/>
    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        if (_showProgress)
        {
            lock (_lock)
            {
                _progress.Update(sourceId, record);
            }
        }
    }

    /// <inheritdoc/>
    public override string ReadLine() => _questions.ReadLine();

    /// <inheritdoc/>
    public override SecureString ReadLineAsSecureString() => _questions.ReadSecret();

    /// <inheritdoc/>
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        new FieldQuestions(this, _questions).Ask(caption, message, descriptions);

    /// <inheritdoc/>
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) =>
        new ChoiceQuestions(this, _questions).AskOne(caption, message, choices, defaultChoice);

    /// <inheritdoc/>
    public Collection<int> PromptForChoice(string? caption, string? message, Collection<ChoiceDescription> choices, IEnumerable<int>? defaultChoices) =>
        new ChoiceQuestions(this, _questions).AskMany(caption, message, choices, defaultChoices);

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        PromptForCredential(caption, message, userName, targetName, PSCredentialTypes.Default, PSCredentialUIOptions.Default);

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
        _questions.ReadCredential(caption, message, userName);

    private void Labelled(string style, string label, string message) =>
        Output(SupportsVirtualTerminal ? style + label + message + PSStyle.Instance.Reset : label + message, endLine: true);

    private void Output(string? value, bool endLine)
    {
        if (_outputIsError)
        {
            Error(value ?? "", endLine);
            return;
        }

        string text = Render(value ?? "", TerminalFacts.OutputTakesEscapes);
        lock (_lock)
        {
            _progress.Hide();
            Send(Console.Out, text, endLine);
            InMidLine = !endLine && text.Length > 0 ? !text.EndsWith('\n') : InMidLine && !endLine;
        }
    }

    private void Error(string? value, bool endLine)
    {
        // The engine ends an error's text with empty lines; pwsh leaves them out as well.
        if (string.IsNullOrEmpty(value))
        {
            return;
        }

        string text = Render(value, TerminalFacts.ErrorTakesEscapes);
        lock (_lock)
        {
            _progress.Hide();
            Send(Console.Error, text, endLine);
        }
    }

    /// <summary>With its escape sequences or without: as $PSStyle.OutputRendering says, and Host means where they are understood.</summary>
    private static string Render(string text, bool takesEscapes) => PSStyle.Instance.OutputRendering switch
    {
        OutputRendering.Ansi => text,
        OutputRendering.Host when takesEscapes => text,
        _ => PlainText.WithoutEscapes(text),
    };

    private static void Send(TextWriter stream, string text, bool endLine)
    {
        try
        {
            if (endLine)
            {
                stream.WriteLine(text);
            }
            else
            {
                stream.Write(text);
            }
        }
        catch (IOException error)
        {
            // The reader has gone (`| head`): stop as other programs do, without a word.
            throw new PipelineStoppedException("The reader of the output has gone.", error);
        }
    }
}
