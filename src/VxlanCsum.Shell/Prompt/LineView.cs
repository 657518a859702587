using System.Globalization;
using System.Text;
using VxlanCsum.Shell.Hosting;

namespace VxlanCsum.Shell.Prompt;

/// <summary>Draws a prompt and the line behind it, over as many rows of the terminal as they need.</summary>
internal sealed class LineView(string prompt)
{
    /// <summary>The rows of a prompt above its last one are written once; only the last is drawn again.</summary>
    private readonly string _above = prompt[..(prompt.LastIndexOf('\n') + 1)];
    private readonly string _prompt = prompt[(prompt.LastIndexOf('\n') + 1)..];
    private int _cursorRow;

    /// <summary>Writes the prompt at the start of an empty row.</summary>
    public void Begin()
    {
        // Console.ReadKey knows the cursor keys as terminfo has them, which is in application mode; programs that we
        // start expect the normal one (as pwsh does; dotnet/runtime 27626).
        Console.Out.Write("\e[?1h" + _above);
        _cursorRow = 0;
        Draw(new LineBuffer());
    }

    /// <summary>Shows a character that was put in at the line's end.</summary>
    public void Append(LineBuffer line, char character)
    {
        int width = CharacterWidth.Of(character);
        int before = PromptWidth + CharacterWidth.Of(line.ToString()) - width;
        if (width == 1 && before % Columns < Columns - 1)
        {
            Console.Out.Write(character);
        }
        else
        {
            Draw(line);
        }
    }

    /// <summary>Draws the whole line anew and puts the cursor where it belongs.</summary>
    public void Draw(LineBuffer line)
    {
        // A completed file name may hold control characters: they stay in the line and are shown as blanks.
        string text = PlainText.OneLine(line.ToString());
        int end = PromptWidth + CharacterWidth.Of(text);
        int cursor = PromptWidth + CharacterWidth.Of(text.AsSpan(0, line.Cursor));
        StringBuilder output = new();
        GoToStart(output);
        output.Append("\e[J").Append(_prompt).Append(text);
        if (end > 0 && end % Columns == 0)
        {
            // A full row leaves the cursor on its last column until something follows.
            output.Append("\n\r");
        }

        Up(output, (end / Columns) - (cursor / Columns));
        output.Append('\r');
        if (cursor % Columns is int right and > 0)
        {
            output.Append(CultureInfo.InvariantCulture, $"\e[{right}C");
        }

        _cursorRow = cursor / Columns;
        Console.Out.Write(output);
    }

    /// <summary>Leaves the line on the terminal and goes to the row below it.</summary>
    public void End(LineBuffer line)
    {
        line.MoveToEnd();
        Draw(line);
        Console.Out.WriteLine("\e[?1l");
    }

    /// <summary>Clears the terminal and draws the line on its first row.</summary>
    public void Clear(LineBuffer line)
    {
        Console.Out.Write("\e[H\e[2J" + _above);
        _cursorRow = 0;
        Draw(line);
    }

    private static int Columns => TerminalFacts.Columns;

    private int PromptWidth { get; } = CharacterWidth.Of(PlainText.WithoutEscapes(prompt[(prompt.LastIndexOf('\n') + 1)..]));

    private void GoToStart(StringBuilder output)
    {
        Up(output, _cursorRow);
        output.Append('\r');
    }

    private static void Up(StringBuilder output, int rows)
    {
        if (rows > 0)
        {
            output.Append(CultureInfo.InvariantCulture, $"\e[{rows}A");
        }
    }
}
