using System.Text;
using VxlanCsum.Text;

namespace VxlanCsum.TcpdumpText;

/// <summary>
/// Puts the lines of each packet together, one line at a time: tcpdump -v prints several for a packet, and terminals and
/// mailers make more of them. Memory is bounded whatever the text.
/// </summary>
/// <param name="onRecord">Gets each packet's lines as soon as the next packet begins.</param>
/// <param name="onUnreadable">Gets runs of lines that belong to none.</param>
internal sealed class RecordAssembler(Action<TextRecord> onRecord, Action<UnreadableText> onUnreadable)
{
    private const int MaxRecord = 16 * 1024;

    /// <summary>Shorter lines are not wrapped by any terminal or mailer: what follows them at the margin is something else.</summary>
    private const int ShortestWrapped = 60;

    private readonly StringBuilder _record = new();
    private RecordState _state;
    private long _firstLine;
    private int _margin, _lastWidth;
    private bool _hasTime;

    private long _strayFirst, _strayLast;
    private string _stray = string.Empty;

    /// <summary>The line that comes next may begin with the arrow between two addresses.</summary>
    public bool ExpectsArrow => _record.Length > 0 && _state.ExpectsAddresses && !_state.IsQuoted;

    /// <summary>Takes the next line.</summary>
    /// <param name="line">Cleaned.</param>
    /// <param name="quoted">It had a mark of quotation.</param>
    public void Add(TextLine line, bool quoted)
    {
        int width = _lastWidth;
        _lastWidth = line.Text.Length == 0 ? 0 : line.Indent + line.Text.Length;
        if (line.Text.Length == 0 || TextNoise.IsHexDump(line.Text))
        {
            return;
        }

        if (TextTimestamp.TryRead(line.Text, out _, out _) || line.Text.StartsWith("[Invalid header:", StringComparison.Ordinal))
        {
            // -ttt pads with a blank, --number with several.
            Start(line, char.IsAsciiDigit(line.Text[0]) && line.Indent is 1 or 4 ? 0 : line.Indent, quoted);
            _hasTime = true;
        }
        else if (_record.Length > 0 && (line.Indent > _margin || !TextNoise.IsNoise(line.Text)) && Belongs(line, width))
        {
            Append(line);
        }
        else if (TextNoise.IsNoise(line.Text))
        {
            FinishRecord();
        }
        else if (RecordState.StartsPacket(line.Text))
        {
            Start(line, line.Indent, quoted);
        }
        else
        {
            Stray(line);
        }
    }

    /// <summary>Ends the text.</summary>
    public void Finish()
    {
        FinishRecord();
        FlushStray();
    }

    private void FinishRecord()
    {
        if (_record.Length > 0)
        {
            string text = _record.ToString();
            _record.Clear();
            onRecord(new TextRecord(_firstLine, text));
        }
    }

    private void Start(TextLine line, int margin, bool quoted)
    {
        Finish();
        _state = new RecordState { IsQuoted = quoted };
        _hasTime = false;
        _firstLine = line.Number;
        _margin = margin;
        Append(line);
    }

    private void Append(TextLine line)
    {
        FlushStray();
        if (_record.Length + line.Text.Length < MaxRecord)
        {
            _record.Append(_record.Length == 0 ? string.Empty : "\n").Append(line.Text);
        }

        _state.Read(line.Text);
    }

    /// <summary>Is the line one of the packet under way?</summary>
    private bool Belongs(TextLine line, int previousWidth)
    {
        bool indented = line.Indent > _margin;
        if (RecordState.StartsHeader(line.Text))
        {
            // The last case: a line so long before its header that it was wrapped there.
            return indented || _state.ExpectsInner(line.Text) || _state.ExpectsQuotedHeader || (_hasTime && !_state.HasHeader && previousWidth >= ShortestWrapped);
        }

        if (_state.ExpectsAddresses)
        {
            return true;
        }

        // Lines of addresses without their headers: each is a packet of its own.
        if (RecordState.HasAddresses(line.Text))
        {
            return false;
        }

        return indented || _state.ExpectsFrame || previousWidth >= ShortestWrapped || line.Text.StartsWith("[|", StringComparison.Ordinal);
    }

    private void Stray(TextLine line)
    {
        FinishRecord();
        if (_stray.Length == 0)
        {
            _strayFirst = line.Number;
            _stray = line.Text;
        }

        _strayLast = line.Number;
    }

    private void FlushStray()
    {
        if (_stray.Length > 0)
        {
            string text = SafeText.Escape(_stray, 80);
            _stray = string.Empty;
            onUnreadable(new UnreadableText(_strayFirst, _strayLast, $"no tcpdump output: {text}"));
        }
    }
}
