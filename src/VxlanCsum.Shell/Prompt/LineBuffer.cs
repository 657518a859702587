using System.Text;

namespace VxlanCsum.Shell.Prompt;

/// <summary>A line under edit: its text and where the cursor is in it.</summary>
internal sealed class LineBuffer
{
    private readonly StringBuilder _text = new();

    /// <summary>The cursor's place, from 0 to the text's length.</summary>
    public int Cursor { get; private set; }

    /// <summary>The text's length.</summary>
    public int Length => _text.Length;

    /// <summary>The cursor is behind the last character.</summary>
    public bool AtEnd => Cursor == _text.Length;

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>Puts a character in at the cursor.</summary>
    public void Insert(char character) => _text.Insert(Cursor++, character);

    /// <summary>Puts other text in place of all, with the cursor at its end.</summary>
    public void Set(string text)
    {
        _text.Clear().Append(text);
        Cursor = text.Length;
    }

    /// <summary>Puts other text in place of a part, with the cursor behind it.</summary>
    public void Replace(int start, int length, string text)
    {
        _text.Remove(start, length).Insert(start, text);
        Cursor = start + text.Length;
    }

    /// <summary>Moves the cursor, as far as there is text.</summary>
    public void Move(int by) => Cursor = Math.Clamp(Cursor + by, 0, _text.Length);

    /// <summary>Moves the cursor before the first character.</summary>
    public void MoveToStart() => Cursor = 0;

    /// <summary>Moves the cursor behind the last character.</summary>
    public void MoveToEnd() => Cursor = _text.Length;

    /// <summary>Moves the cursor to the start of this word or the one before.</summary>
    public void MoveWordLeft() => Cursor = WordStart();

    /// <summary>Moves the cursor behind the end of this word or the next.</summary>
    public void MoveWordRight()
    {
        while (Cursor < _text.Length && !IsWord(_text[Cursor]))
        {
            Cursor++;
        }

        while (Cursor < _text.Length && IsWord(_text[Cursor]))
        {
            Cursor++;
        }
    }

    /// <summary>Takes out the character before the cursor.</summary>
    public void EraseLeft() => Erase(Math.Max(0, Cursor - 1), Cursor);

    /// <summary>Takes out the character at the cursor.</summary>
    public void EraseRight() => Erase(Cursor, Math.Min(_text.Length, Cursor + 1));

    /// <summary>Takes out what is before the cursor.</summary>
    public void EraseToStart() => Erase(0, Cursor);

    /// <summary>Takes out what is behind the cursor.</summary>
    public void EraseToEnd() => Erase(Cursor, _text.Length);

    /// <summary>Takes out the word before the cursor.</summary>
    public void EraseWordLeft() => Erase(WordStart(), Cursor);

    private void Erase(int start, int end)
    {
        _text.Remove(start, end - start);
        Cursor = start;
    }

    private int WordStart()
    {
        int place = Cursor;
        while (place > 0 && !IsWord(_text[place - 1]))
        {
            place--;
        }

        while (place > 0 && IsWord(_text[place - 1]))
        {
            place--;
        }

        return place;
    }

    private static bool IsWord(char character) => char.IsLetterOrDigit(character) || character is '_' or '-';
}
