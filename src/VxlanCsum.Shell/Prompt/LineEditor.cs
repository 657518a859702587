using VxlanCsum.Shell.Hosting;

namespace VxlanCsum.Shell.Prompt;

/// <summary>Reads a line from a terminal with the usual keys: arrows, Home, End, history, Tab, Ctrl-A/E/U/K/W/L/D.</summary>
internal sealed class LineEditor(CommandHistory history, Completions completions)
{
    private readonly LineBuffer _line = new();

    /// <summary>Shows the prompt and reads a line; says how it ended. Only one that was entered has text.</summary>
    public (LineEnding Ending, string Text) Read(string prompt) =>
        TerminalFacts.OutputTakesEscapes ? ReadKeys(prompt) : ReadPlainly(prompt);

    /// <summary>On a terminal that knows no escape sequences the kernel's own line editing has to do.</summary>
    private (LineEnding Ending, string Text) ReadPlainly(string prompt)
    {
        Console.Out.Write(prompt);
        string? line = Console.In.ReadLine();
        history.Add(line ?? "");
        return line is null ? (LineEnding.EndOfInput, "") : (LineEnding.Entered, line);
    }

    private (LineEnding Ending, string Text) ReadKeys(string prompt)
    {
        bool before = Console.TreatControlCAsInput;
        Console.TreatControlCAsInput = true;
        try
        {
            _line.Set("");
            LineView view = new(prompt);
            view.Begin();
            while (true)
            {
                ConsoleKeyInfo key = Console.ReadKey(intercept: true);
                if (Ending(key) is { } ending)
                {
                    view.End(_line);
                    completions.Forget();
                    return (ending, Result(ending));
                }

                Apply(key, view);
            }
        }
        finally
        {
            Console.TreatControlCAsInput = before;
        }
    }

    private string Result(LineEnding ending)
    {
        string line = ending == LineEnding.Entered ? _line.ToString() : "";
        history.Add(line);
        return line;
    }

    private LineEnding? Ending(ConsoleKeyInfo key) => (key.Key, key.Modifiers) switch
    {
        (ConsoleKey.Enter, _) => LineEnding.Entered,
        (ConsoleKey.C, ConsoleModifiers.Control) => LineEnding.Cancelled,
        (ConsoleKey.D, ConsoleModifiers.Control) when _line.Length == 0 => LineEnding.EndOfInput,
        _ => null,
    };

    private void Apply(ConsoleKeyInfo key, LineView view)
    {
        if (key.Key == ConsoleKey.Tab)
        {
            if (completions.Step(_line, forward: !key.Modifiers.HasFlag(ConsoleModifiers.Shift)))
            {
                view.Draw(_line);
            }

            return;
        }

        completions.Forget();
        if (Edit(key) is { } edit)
        {
            edit();
            view.Draw(_line);
        }
        else if (key is { Key: ConsoleKey.L, Modifiers: ConsoleModifiers.Control })
        {
            view.Clear(_line);
        }
        else if (!char.IsControl(key.KeyChar))
        {
            bool atEnd = _line.AtEnd;
            _line.Insert(key.KeyChar);
            if (atEnd)
            {
                view.Append(_line, key.KeyChar);
            }
            else
            {
                view.Draw(_line);
            }
        }
    }

    private Action? Edit(ConsoleKeyInfo key) => (key.Key, key.Modifiers) switch
    {
        (ConsoleKey.LeftArrow, ConsoleModifiers.Control) => _line.MoveWordLeft,
        (ConsoleKey.RightArrow, ConsoleModifiers.Control) => _line.MoveWordRight,
        (ConsoleKey.LeftArrow, _) or (ConsoleKey.B, ConsoleModifiers.Control) => () => _line.Move(-1),
        (ConsoleKey.RightArrow, _) or (ConsoleKey.F, ConsoleModifiers.Control) => () => _line.Move(1),
        (ConsoleKey.Home, _) or (ConsoleKey.A, ConsoleModifiers.Control) => _line.MoveToStart,
        (ConsoleKey.End, _) or (ConsoleKey.E, ConsoleModifiers.Control) => _line.MoveToEnd,
        (ConsoleKey.UpArrow, _) or (ConsoleKey.P, ConsoleModifiers.Control) => () => Recall(history.Older(_line.ToString())),
        (ConsoleKey.DownArrow, _) or (ConsoleKey.N, ConsoleModifiers.Control) => () => Recall(history.Newer()),
        (ConsoleKey.Backspace, _) => _line.EraseLeft,
        (ConsoleKey.Delete, _) or (ConsoleKey.D, ConsoleModifiers.Control) => _line.EraseRight,
        (ConsoleKey.U, ConsoleModifiers.Control) => _line.EraseToStart,
        (ConsoleKey.K, ConsoleModifiers.Control) => _line.EraseToEnd,
        (ConsoleKey.W, ConsoleModifiers.Control) => _line.EraseWordLeft,
        (ConsoleKey.Escape, _) => () => _line.Set(""),
        _ => null,
    };

    private void Recall(string? line)
    {
        if (line is not null)
        {
            _line.Set(line);
        }
    }
}
