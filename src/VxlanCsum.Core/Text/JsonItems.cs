using System.Text;
using System.Text.Json;

namespace VxlanCsum.Text;

/// <summary>The objects of an array in a JSON document, one after the other, out of a stream: no more than one is
/// held.</summary>
/// <param name="stream">Not closed.</param>
/// <param name="largest">The most bytes of one object.</param>
internal sealed class JsonItems(Stream stream, int largest)
{
    private static readonly JsonReaderOptions s_options =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private byte[] _buffer = new byte[64 * 1024];
    private int _start, _end;
    private bool _begun, _ended;
    private JsonReaderState _state = new(s_options);

    /// <summary>Ends of lines in what was read.</summary>
    public long Lines { get; private set; }

    /// <summary>Goes on to the array that stands under this name in the document's object.</summary>
    /// <returns>False where the document ends first.</returns>
    /// <exception cref="JsonException">It ends too early, or is no JSON.</exception>
    public bool Find(ReadOnlySpan<byte> name)
    {
        bool named = false;
        while (true)
        {
            Utf8JsonReader reader = Reader();
            if (!reader.Read())
            {
                if (_ended)
                {
                    return false;
                }

                Fill();
                continue;
            }

            Commit(ref reader);
            if (named && reader.TokenType == JsonTokenType.StartArray)
            {
                return true;
            }

            named = reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 } && reader.ValueTextEquals(name);
            if (reader is { TokenType: JsonTokenType.EndObject or JsonTokenType.EndArray, CurrentDepth: 0 })
            {
                return false;
            }
        }
    }

    /// <summary>The next object of the array.</summary>
    /// <returns>Null at its end, or where something else than an object follows.</returns>
    /// <exception cref="JsonException">It ends too early, is no JSON, or larger than may be held.</exception>
    public JsonDocument? Next()
    {
        while (true)
        {
            Utf8JsonReader reader = Reader();
            if (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.StartObject)
                {
                    Commit(ref reader);
                    return null;
                }

                if (JsonDocument.TryParseValue(ref reader, out JsonDocument? item))
                {
                    Commit(ref reader);
                    return item;
                }
            }
            else if (_ended)
            {
                return null;
            }

            Fill();
        }
    }

    /// <summary>What follows.</summary>
    public Stream Rest() => new JoinedStream(_buffer.AsMemory(_start.._end), stream);

    private Utf8JsonReader Reader()
    {
        if (!_begun)
        {
            _begun = true;
            Fill();
            _start = _buffer.AsSpan(0, _end).StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        }

        return new Utf8JsonReader(_buffer.AsSpan(_start.._end), _ended, _state);
    }

    private void Commit(ref Utf8JsonReader reader)
    {
        int length = (int)reader.BytesConsumed;
        Lines += _buffer.AsSpan(_start, length).Count((byte)'\n');
        _start += length;
        _state = reader.CurrentState;
    }

    /// <summary>As much again as is held: an object that comes in pieces is looked at a few times, not at each.</summary>
    private void Fill()
    {
        int held = _end - _start;
        if (held > largest)
        {
            throw new JsonException($"an object is larger than {largest >> 20} MiB");
        }

        byte[] target = 2 * held > _buffer.Length ? new byte[2 * _buffer.Length] : _buffer;
        _buffer.AsSpan(_start, held).CopyTo(target);
        (_buffer, _start, _end) = (target, 0, held);
        int wanted = Math.Max(1, Math.Min(held, _buffer.Length - _end));
        do
        {
            int length = stream.Read(_buffer.AsSpan(_end));
            _ended = length == 0;
            _end += length;
        }
        while (!_ended && _end - held < wanted && _end < _buffer.Length);
    }
}
