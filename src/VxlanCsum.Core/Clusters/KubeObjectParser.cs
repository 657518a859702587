using System.Text;
using System.Text.Json;
using VxlanCsum.Text;

namespace VxlanCsum.Clusters;

/// <summary>
/// Takes apart what `kubectl -o json` or the API writes, as it comes: a List of mixed kinds, a NodeList or PodList, a
/// plain
/// array, single objects, and any number of these one after another. At most one object is held.
/// </summary>
/// <param name="found">Called for each object with its kind ("" where neither it nor its list says); the element is
/// valid during the call only.</param>
internal sealed class KubeObjectParser(Action<string, JsonElement> found) : IDisposable
{
    /// <summary>No object is larger: etcd takes 1.5 MiB.</summary>
    public const int LargestObject = 16 << 20;

    private const int SmallestStep = 1 << 16;

    private byte[] _buffer = new byte[2 * SmallestStep];
    private int _start, _end, _wanted = SmallestStep;
    private Place _place;
    private JsonReaderState _state;
    private bool _listIsArray, _anyByte;
    private string _listKind = string.Empty;
    private long _lines, _documentLine;

    private enum Place
    {
        Between,
        Beginning,
        Items,
        AfterItems,
        Failed,
    }

    /// <summary>The list's token for its next page; null at its end.</summary>
    public string? Continue { get; private set; }

    /// <summary>How many objects the list holds behind this page, where the API says so.</summary>
    public long? Remaining { get; private set; }

    /// <summary>Lists and single objects begun.</summary>
    public int Documents { get; private set; }

    /// <summary>Objects found.</summary>
    public long Count { get; private set; }

    /// <summary>The most bytes that were held at once.</summary>
    public int LargestHeld { get; private set; }

    /// <summary>Takes more of the text.</summary>
    /// <exception cref="KubeTextException">It is no such text, from here on; nothing more is read of it.</exception>
    public void Write(ReadOnlySpan<byte> data)
    {
        if (_place == Place.Failed)
        {
            return;
        }

        while (!data.IsEmpty)
        {
            // Piece by piece, so that the buffer does not grow with what is written at once.
            int length = Math.Min(data.Length, SmallestStep);
            Reserve(length);
            data[..length].CopyTo(_buffer.AsSpan(_end));
            _end += length;
            data = data[length..];
            if (_end - _start >= _wanted)
            {
                Pump();
            }
        }
    }

    /// <summary>Takes the whole of a stream, and its end.</summary>
    /// <exception cref="KubeTextException">It is no such text, from some place on.</exception>
    public void Read(Stream stream, Action<long> progress, CancellationToken cancellation)
    {
        byte[] piece = new byte[SmallestStep];
        long total = 0;
        while (stream.Read(piece) is > 0 and int length)
        {
            cancellation.ThrowIfCancellationRequested();
            Write(piece.AsSpan(0, length));
            progress(total += length);
        }

        Complete();
    }

    /// <summary>The text ends here.</summary>
    /// <exception cref="KubeTextException">It ended too early.</exception>
    public void Complete()
    {
        if (_place != Place.Failed)
        {
            Pump();
            if (_place != Place.Between)
            {
                Fail(KubeTextErrorId.Truncated, _lines + _buffer.AsSpan(_start.._end).Count((byte)'\n'),
                    "the text ends within an object.");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer = [];

    private void Reserve(int length)
    {
        if (_buffer.Length - _end >= length)
        {
            return;
        }

        byte[] target = _end - _start + length > _buffer.Length
            ? new byte[Math.Max(2 * _buffer.Length, _end - _start + length)] : _buffer;
        _buffer.AsSpan(_start.._end).CopyTo(target);
        _buffer = target;
        _end -= _start;
        _start = 0;
    }

    private void Pump()
    {
        LargestHeld = Math.Max(LargestHeld, _end - _start);
        try
        {
            while (Step())
            {
            }
        }
        catch (JsonException error)
        {
            // The reader counts from where the document begins.
            Fail(KubeTextErrorId.Invalid, _documentLine + (error.LineNumber ?? 0),
                $"no JSON from here on: {Plain(error)}", error);
        }

        _wanted = Math.Max(SmallestStep, 2 * (_end - _start));
        if (_end - _start > LargestObject)
        {
            Fail(KubeTextErrorId.TooLarge, _lines,
                $"an object is larger than {LargestObject >> 20} MiB, which no API server holds.");
        }
    }

    private static string Plain(JsonException error) =>
        SafeText.Escape(error.Message.Split(" Path: ")[0].Split(" LineNumber: ")[0]);

    /// <summary>Reads one thing; false where more data is needed first.</summary>
    private bool Step() => _place switch
    {
        Place.Between => Begin(),
        Place.Beginning => ReadBeginning(),
        Place.Items => ReadItem(),
        _ => ReadRest(),
    };

    private bool Begin()
    {
        ReadOnlySpan<byte> text = _buffer.AsSpan(_start.._end);
        int skip = !_anyByte && text.StartsWith("\uFEFF"u8) ? 3 : 0;
        int blanks = text[skip..].IndexOfAnyExcept(" \n\r\t"u8);
        skip = blanks < 0 ? text.Length : skip + blanks;

        _anyByte |= text.Length > 0;
        Take(skip);
        if (skip == text.Length)
        {
            return false;
        }

        if (text[skip] is not ((byte)'{' or (byte)'['))
        {
            Fail(KubeTextErrorId.NotJson, _lines, "this is not JSON.");
        }

        _state = new JsonReaderState();
        _documentLine = _lines;
        Documents++;
        _listKind = string.Empty;
        Continue = null;
        Remaining = null;
        _place = Place.Beginning;
        return true;
    }

    /// <summary>Until it is known whether this is a list, nothing of it is taken.</summary>
    private bool ReadBeginning()
    {
        Utf8JsonReader reader = Reader();
        if (!reader.Read())
        {
            return false;
        }

        _listIsArray = reader.TokenType == JsonTokenType.StartArray;
        if (_listIsArray)
        {
            return Commit(ref reader, Place.Items);
        }

        string kind = string.Empty;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                return ReadSingle();
            }

            bool items = IsName(ref reader, "items"u8), isKind = IsName(ref reader, "kind"u8),
                metadata = IsName(ref reader, "metadata"u8);
            if (!reader.Read())
            {
                return false;
            }

            if (items && reader.TokenType == JsonTokenType.StartArray)
            {
                _listKind = KindOfItems(kind);
                return Commit(ref reader, Place.Items);
            }

            if (metadata ? !ReadMetadata(ref reader) : !reader.TrySkip())
            {
                return false;
            }

            kind = isKind ? Kind(ref reader) : kind;
        }

        return false;
    }

    private static string KindOfItems(string list) =>
        list.EndsWith("List", StringComparison.Ordinal) ? list[..^4] : string.Empty;

    private static string Kind(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length < 64 && !reader.ValueIsEscaped
            ? Encoding.UTF8.GetString(reader.ValueSpan) : string.Empty;

    private bool ReadSingle()
    {
        Utf8JsonReader reader = Reader();
        return ReadObject(ref reader, Place.Between);
    }

    /// <summary>Hands over the object that comes next; false where not all of it has come.</summary>
    private bool ReadObject(ref Utf8JsonReader reader, Place next)
    {
        if (!JsonDocument.TryParseValue(ref reader, out JsonDocument? document))
        {
            return false;
        }

        using (document)
        {
            Commit(ref reader, next);
            Hand(document.RootElement);
        }

        return true;
    }

    private bool ReadItem()
    {
        Utf8JsonReader reader = Reader();
        if (!reader.Read())
        {
            return false;
        }

        if (reader.TokenType == JsonTokenType.EndArray)
        {
            return Commit(ref reader, _listIsArray ? Place.Between : Place.AfterItems);
        }

        return ReadObject(ref reader, Place.Items);
    }

    private bool ReadRest()
    {
        Utf8JsonReader reader = Reader();
        if (!reader.Read())
        {
            return false;
        }

        if (reader.TokenType == JsonTokenType.EndObject)
        {
            return Commit(ref reader, Place.Between);
        }

        bool metadata = IsName(ref reader, "metadata"u8);
        return reader.Read() && (metadata ? ReadMetadata(ref reader) : reader.TrySkip())
            && Commit(ref reader, Place.AfterItems);
    }

    private bool ReadMetadata(ref Utf8JsonReader reader)
    {
        if (!JsonDocument.TryParseValue(ref reader, out JsonDocument? document))
        {
            return false;
        }

        using (document)
        {
            Continue = document.RootElement.Raw("continue") is { Length: > 0 } token ? token : null;
            Remaining = document.RootElement.Number("remainingItemCount");
        }

        return true;
    }

    // Nobody escapes these names; and what is escaped may be no text.
    private static bool IsName(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        !reader.ValueIsEscaped && reader.ValueTextEquals(name);

    private void Hand(JsonElement item)
    {
        Count++;
        found(item.Raw("kind") ?? _listKind, item);
    }

    private Utf8JsonReader Reader() => new(_buffer.AsSpan(_start.._end), isFinalBlock: false, _state);

    private bool Commit(ref Utf8JsonReader reader, Place next)
    {
        Take((int)reader.BytesConsumed);
        _state = reader.CurrentState;
        _place = next;
        return true;
    }

    private void Take(int length)
    {
        _lines += _buffer.AsSpan(_start, length).Count((byte)'\n');
        _start += length;
    }

    /// <param name="line">Counted from 0.</param>
    private void Fail(string errorId, long line, string message, Exception? inner = null)
    {
        _place = Place.Failed;
        throw new KubeTextException(errorId, line + 1, message, inner);
    }
}
