using VxlanCsum.Captures.Files;
using VxlanCsum.Pasting;

namespace VxlanCsum.TcpdumpText;

/// <summary>
/// Reads pasted tcpdump output, a line at a time. Never throws on any text; memory is bounded. Not thread-safe.
/// </summary>
internal sealed class TcpdumpTextReader
{
    /// <summary>The path of packets that came from no file.</summary>
    public const string NoPath = "text";

    private readonly string _path;
    private readonly Action<UnreadableText> _onUnreadable;
    private readonly Action<string>? _onLine;
    private readonly RecordAssembler _assembler;
    private readonly PendingPackets _pending;
    private readonly Dictionary<(string?, LinkType), CaptureInterface> _origins = [];
    private readonly PasteStripper _paste = new(RecordAssembler.StartsPacket);
    private string? _device;
    private LinkType? _link;
    private uint _snapLength;
    private long _line, _packet;

    /// <param name="path">Of the text, or <see cref="NoPath"/>.</param>
    /// <param name="hosts">What is known of printed names.</param>
    /// <param name="onPacket">Gets each packet, in order; those of named hosts as soon as their addresses are known, at
    /// the latest at the end.</param>
    /// <param name="onUnreadable">Gets what cannot be read.</param>
    /// <param name="onLine">Gets each line as tcpdump printed it, as far as that can be told.</param>
    public TcpdumpTextReader(string path, HostAddresses hosts, Action<PacketChecksum> onPacket,
        Action<UnreadableText> onUnreadable, Action<string>? onLine = null)
    {
        _path = path;
        _onUnreadable = onUnreadable;
        _onLine = onLine;
        _assembler = new RecordAssembler(Read, ReadMessage, onUnreadable);
        _pending = new PendingPackets(hosts, onPacket);
    }

    /// <summary>Takes a line, or a text of several.</summary>
    public void Add(string text)
    {
        int start = 0;
        while (start <= text.Length)
        {
            int end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end;
            // A line feed at the very end ends the last line, and begins none.
            if (start == 0 || start < text.Length)
            {
                AddLine(text[start..end]);
            }

            start = end + 1;
        }
    }

    /// <summary>Ends the text: delivers what is still held back.</summary>
    public void Complete()
    {
        _assembler.Finish();
        _pending.Complete();
    }

    private void AddLine(string pasted)
    {
        _line++;
        string raw = _paste.Strip(pasted.Length <= BoundedLines.MaxLength ? pasted : pasted[..BoundedLines.MaxLength]);
        _onLine?.Invoke(PasteStripper.Unquote(raw));
        bool quoted = TextLine.HasMarker(raw);
        TextLine line = TextLine.Clean(raw, _line, keepMarker: false);
        if (quoted && _assembler.ExpectsArrow && !RecordAssembler.StartsPacket(line.Text))
        {
            line = TextLine.Clean(raw, _line, keepMarker: true);
            quoted = false;
        }

        _assembler.Add(line, quoted);
    }

    private void ReadMessage(string text)
    {
        if (TextNoise.TryReadSource(text, out string? device, out LinkType? link, out uint snapLength))
        {
            (_device, _link, _snapLength) = (device, link, snapLength);
        }
    }

    private void Read(TextRecord record)
    {
        TextPacket? packet = RecordParser.Parse(record, out string? problem);
        if (problem is not null)
        {
            _onUnreadable(new UnreadableText(record.FirstLine, record.FirstLine, problem));
        }

        if (packet is null)
        {
            return;
        }

        packet.Number = ++_packet;
        packet.CutTo(_snapLength);
        _pending.Add(packet, Origin(packet));
    }

    private CaptureInterface Origin(TextPacket packet)
    {
        (string? device, LinkType link) key = (packet.Interface ?? (_device == "any" ? null : _device),
            _link ?? packet.LinkType);
        if (!_origins.TryGetValue(key, out CaptureInterface? origin))
        {
            if (_origins.Count >= 1024)
            {
                _origins.Clear();
            }

            _origins[key] = origin = new CaptureInterface(_path, _origins.Count,
                key.device is null ? null : Text.SafeText.Escape(key.device), key.link, _snapLength);
        }

        return origin;
    }
}
