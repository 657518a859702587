using System.Management.Automation;
using System.Management.Automation.Host;

namespace VxlanCsum.Shell.Hosting;

/// <summary>Sizes, keys and the cursor of the terminal. It has no screen buffer that could be read back, as no Unix terminal has.</summary>
internal sealed class ShellRawInterface : PSHostRawUserInterface
{
    private const string NoBuffer = "A terminal's contents cannot be read or moved.";
    private string _title = "vxlancsum";

    /// <inheritdoc/>
    public override ConsoleColor ForegroundColor { get; set; } = Colours.Unset;

    /// <inheritdoc/>
    public override ConsoleColor BackgroundColor { get; set; } = Colours.Unset;

    /// <inheritdoc/>
    public override Coordinates CursorPosition
    {
        get
        {
            if (!TerminalFacts.IsInteractive)
            {
                return new Coordinates(0, 0);
            }

            (int left, int top) = Console.GetCursorPosition();
            return new Coordinates(left, top);
        }

        set
        {
            if (TerminalFacts.OutputTakesEscapes)
            {
                Console.SetCursorPosition(value.X, value.Y);
            }
        }
    }

    /// <inheritdoc/>
    public override int CursorSize { get; set; } = 100;

    /// <inheritdoc/>
    public override Size BufferSize
    {
        get => new(TerminalFacts.Columns, TerminalFacts.Rows);
        set => throw new PSNotSupportedException("A terminal's size is its user's choice.");
    }

    /// <inheritdoc/>
    public override Size WindowSize
    {
        get => BufferSize;
        set => throw new PSNotSupportedException("A terminal's size is its user's choice.");
    }

    /// <inheritdoc/>
    public override Coordinates WindowPosition { get; set; }

    /// <inheritdoc/>
    public override Size MaxWindowSize => BufferSize;

    /// <inheritdoc/>
    public override Size MaxPhysicalWindowSize => BufferSize;

    /// <inheritdoc/>
    public override bool KeyAvailable => !Console.IsInputRedirected && Console.KeyAvailable;

    /// <inheritdoc/>
    public override string WindowTitle
    {
        get => _title;
        set
        {
            _title = PlainText.OneLine(value);
            if (TerminalFacts.OutputTakesEscapes)
            {
                Console.Out.Write($"\e]0;{_title}\a");
            }
        }
    }

    /// <inheritdoc/>
    public override KeyInfo ReadKey(ReadKeyOptions options)
    {
        if (Console.IsInputRedirected)
        {
            throw new PSInvalidOperationException("Keys can be read from a terminal only, and standard input is none.");
        }

        bool before = Console.TreatControlCAsInput;
        try
        {
            Console.TreatControlCAsInput = options.HasFlag(ReadKeyOptions.AllowCtrlC);
            ConsoleKeyInfo key = Console.ReadKey(options.HasFlag(ReadKeyOptions.NoEcho));
            return new KeyInfo((int)key.Key, key.KeyChar, StateOf(key.Modifiers), keyDown: !options.HasFlag(ReadKeyOptions.IncludeKeyUp));
        }
        finally
        {
            Console.TreatControlCAsInput = before;
        }
    }

    /// <inheritdoc/>
    public override void FlushInputBuffer()
    {
        while (KeyAvailable)
        {
            Console.ReadKey(intercept: true);
        }
    }

    /// <inheritdoc/>
    public override int LengthInBufferCells(char source) => CharacterWidth.Of(source);

    /// <inheritdoc/>
    public override int LengthInBufferCells(string source) => CharacterWidth.Of(PlainText.WithoutEscapes(source));

    /// <inheritdoc/>
    public override int LengthInBufferCells(string source, int offset) => CharacterWidth.Of(PlainText.WithoutEscapes(source[offset..]));

    /// <inheritdoc/>
    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new PSNotSupportedException(NoBuffer);

    /// <inheritdoc/>
    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) =>
        throw new PSNotSupportedException(NoBuffer);

    /// <inheritdoc/>
    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw new PSNotSupportedException(NoBuffer);

    /// <inheritdoc/>
    public override void SetBufferContents(Rectangle rectangle, BufferCell fill)
    {
        // The one use that a terminal can serve: the whole screen, filled with blanks.
        if (rectangle is not { Left: -1, Top: -1, Right: -1, Bottom: -1 } || fill.Character != ' ')
        {
            throw new PSNotSupportedException(NoBuffer);
        }

        if (TerminalFacts.OutputTakesEscapes)
        {
            Console.Out.Write("\e[H\e[2J");
        }
    }

    private static ControlKeyStates StateOf(ConsoleModifiers modifiers) =>
        (modifiers.HasFlag(ConsoleModifiers.Alt) ? ControlKeyStates.LeftAltPressed : 0)
        | (modifiers.HasFlag(ConsoleModifiers.Control) ? ControlKeyStates.LeftCtrlPressed : 0)
        | (modifiers.HasFlag(ConsoleModifiers.Shift) ? ControlKeyStates.ShiftPressed : 0);
}
