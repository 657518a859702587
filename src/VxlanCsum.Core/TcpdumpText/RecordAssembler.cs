using System.Text;
using VxlanCsum.Text;

namespace VxlanCsum.TcpdumpText;

/// <summary>
/// Puts the lines of each packet together, one line at a time: tcpdump -v prints several for a packet, and terminals
/// and
/// mailers make more of them. Memory is bounded whatever the text.
/// </summary>
/// <param name="onRecord">Gets each packet's lines as soon as the next packet begins.</param>
/// <param name="onMessage">Gets lines between packets that are known to be none, such as tcpdump's own
/// messages.</param>
/// <param name="onUnreadable">Gets runs of lines that belong to none.</param>
internal sealed class RecordAssembler(Action<TextRecord> onRecord, Action<string> onMessage,
    Action<UnreadableText> onUnreadable)
{
    private const int MaxRecord = 16 * 1024;

    /// <summary>Narrower lines are not wrapped by terminals or mailers, unless all are so narrow: what follows them at
    /// the margin is something else.</summary>
    private const int UsualWidth = 56, LeastWidth = 20;

    private const int Tab = 8;

    private readonly StringBuilder _record = new();
    private RecordState _state;
    private long _firstLine;
    private int _margin, _lastWidth, _greatestWidth;
    private bool _hasTime;

    private long _strayFirst, _strayLast;
    private string _stray = string.Empty;

    /// <summary>A packet is under way that is not quoted: an arrow of its own may begin the next line,
    /// wrapped.</summary>
    public bool ExpectsArrow => _record.Length > 0 && !_state.IsQuoted;

    /// <summary>Does a packet begin with this line, whatever came before?</summary>
    public static bool StartsPacket(string text) =>
        TextTimestamp.TryRead(text, out _, out _) || RecordState.StartsPacket(text);

    /// <summary>Takes the next line.</summary>
    /// <param name="line">Cleaned.</param>
    /// <param name="quoted">It had a mark of quotation.</param>
    public void Add(TextLine line, bool quoted)
    {
        int width = _lastWidth;
        _lastWidth = line.Text.Length == 0 ? 0 : line.Indent + line.Text.Length;
        // Tabs are as wide as the terminal made them: no measure.
        _greatestWidth = Math.Max(_greatestWidth, line.Indent < 8 ? _lastWidth : 0);
        if (line.Text.Length == 0 || TextNoise.IsHexDump(line.Text))
        {
            return;
        }

        // A payload may imitate anything, but tcpdump indents it by a tab.
        bool isDetail = _record.Length > 0 && line.Indent >= _margin + Tab;
        if (isDetail)
        {
            Append(line);
        }
        else if (TextTimestamp.TryRead(line.Text, out _, out _)
            || line.Text.StartsWith("[Invalid header:", StringComparison.Ordinal))
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
            onMessage(line.Text);
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
            return indented || _state.ExpectsInner(line.Text) || _state.ExpectsQuotedHeader
                || (_hasTime && !_state.HasHeader && WasWrapped(previousWidth, line.Text));
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

        return indented || _state.ExpectsFrame || _state.ExpectsMore || WasWrapped(previousWidth, line.Text)
            || line.Text.StartsWith("[|", StringComparison.Ordinal);
    }

    /// <summary>Was there no room for the line's first word in the line before?</summary>
    private bool WasWrapped(int previousWidth, string text)
    {
        int word = text.IndexOf(' ', StringComparison.Ordinal);
        return previousWidth >= UsualWidth
            || (previousWidth >= LeastWidth && previousWidth + 1 + (word < 0 ? text.Length : word) > _greatestWidth);
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
