using VxlanCsum.Pasting;

namespace VxlanCsum.Tickets;

/// <summary>Divides a text into pieces by kind. A command at a prompt is a strong hint at what follows; else what the
/// lines look like decides. What belongs to no piece is prose.</summary>
internal sealed class TicketFinder
{
    private readonly PasteStripper _paste = new(static text => PieceGrammar.Begins(text) is not null);
    private readonly List<TicketSection> _sections = [];
    private readonly List<(int Line, string Text, string? Command)> _prose = [];
    private readonly List<PastePrompt> _prompts = [];
    private TicketSection? _open;
    private TicketPieceKind? _hint;
    private string? _command;
    private int _depth, _blank;

    /// <summary>Of the piece under way only the command was seen yet.</summary>
    private bool _isBare;

    private TicketFinder()
    {
    }

    /// <summary>The pieces, in the order of the text.</summary>
    public IReadOnlyList<TicketSection> Sections => _sections;

    /// <summary>The lines of no piece, stripped, each with the command typed last before it.</summary>
    public IReadOnlyList<(int Line, string Text, string? Command)> Prose => _prose;

    /// <summary>The prompts: whose machine it is, and what was typed.</summary>
    public IReadOnlyList<PastePrompt> Prompts => _prompts;

    public static TicketFinder Find(TicketSource source)
    {
        var finder = new TicketFinder { _hint = PieceGrammar.Of(source.CommandInName) };
        finder._command = finder._hint is null ? null : source.CommandInName;
        for (int i = 0; i < source.Lines.Count; i++)
        {
            finder.Add(i, source.Lines[i]);
        }

        finder.Close();
        return finder;
    }

    private void Add(int number, string raw)
    {
        string line = PasteStripper.Unquote(_paste.Strip(raw.Length <= BoundedLines.MaxLength ? raw
            : raw[..BoundedLines.MaxLength]));
        string text = line.Trim().Trim('`');
        if (PieceGrammar.IsFence(line.Trim()))
        {
            Close();
            _hint = null;
            text = text.Trim('~');
        }

        if (text.Length == 0)
        {
            Blank();
            return;
        }

        if (IsCommand(text, out PastePrompt prompt) && (_depth == 0 || prompt.Host is not null))
        {
            Prompt(number, prompt);
        }
        else if (text.Length > 0)
        {
            // JSON that is one line is cut for looking at it, not for counting its brackets.
            Take(number, line, text, raw.Length <= BoundedLines.MaxLength ? line : raw);
        }

        _blank = 0;
    }

    private void Blank()
    {
        _blank++;
        if (_depth == 0 && _open is { } open && PieceGrammar.EndsAtBlank(open.Kind))
        {
            Close();
        }
    }

    private static bool IsCommand(string text, out PastePrompt prompt)
    {
        if (PastePrompt.TryRead(text, out prompt))
        {
            return true;
        }

        // A command alone on its line, as people write them: it takes options or names what it is to show.
        prompt = new PastePrompt(null, PastePrompt.Unwrapped(text));
        return PieceGrammar.Of(prompt.Command) is not null && PieceGrammar.Begins(text) is null
            && prompt.Command.Length < 300 && (text.Contains(" -", StringComparison.Ordinal)
                || prompt.Command.Split(' ') is { Length: <= 3 });
    }

    private void Prompt(int number, PastePrompt prompt)
    {
        Close();
        _prompts.Add(prompt);
        _hint = PieceGrammar.Of(prompt.Command);
        _command = prompt.Command;
        if (_hint is { } kind)
        {
            // The readers of these look at the command themselves: which table, which device, what was filtered.
            (_open, _isBare) = (new TicketSection(kind, number, number, _command), true);
        }
    }

    private void Take(int number, string line, string text, string whole)
    {
        bool afterBlank = _blank > 0;
        TicketPieceKind? begins = _depth > 0 ? null : PieceGrammar.Begins(text);
        if (_open is { } open && (_depth > 0 || begins == open.Kind
            || (begins is null && GoesOn(open.Kind, line, text, afterBlank))))
        {
            (_open, _isBare) = (open with { Last = number }, false);
        }
        else if (begins is not null)
        {
            Close();
            _open = new TicketSection(begins.Value, number, number, _hint == begins ? _command : null);
        }
        else
        {
            Close();
            _prose.Add((number, text, _command));
        }

        Count(whole);
    }

    /// <summary>Behind an empty line only what is surely of the piece goes on with it.</summary>
    private static bool GoesOn(TicketPieceKind kind, string line, string text, bool afterBlank) =>
        !afterBlank ? PieceGrammar.GoesOn(kind, line)
        : kind != TicketPieceKind.Packets && PieceGrammar.GoesOn(kind, line)
            && (kind is TicketPieceKind.ClusterTable || char.IsWhiteSpace(line[0])
                || text is ['C' or '*' or ':' or '#' or '}', ..]);

    /// <summary>Within brackets nothing ends: of nft, and of JSON.</summary>
    private void Count(string line)
    {
        if (_open is not { Kind: TicketPieceKind.Rules or TicketPieceKind.ClusterObjects })
        {
            _depth = 0;
            return;
        }

        bool quoted = false;
        foreach (char c in line)
        {
            quoted ^= c == '"';
            _depth += quoted ? 0 : c is '{' or '[' ? 1 : c is '}' or ']' ? -1 : 0;
        }

        _depth = Math.Max(0, _depth);
    }

    private void Close()
    {
        if (_open is { } open && !_isBare)
        {
            _sections.Add(open);
        }

        (_open, _depth, _isBare) = (null, 0, false);
    }
}
