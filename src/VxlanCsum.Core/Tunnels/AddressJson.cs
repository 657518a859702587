using System.Text;
using System.Text.Json;

namespace VxlanCsum.Tunnels;

/// <summary>Takes apart what `ip -j` and `bridge -j` print: lists of objects, one or several after one another.</summary>
internal static class AddressJson
{
    private static readonly JsonReaderOptions s_loose = new() { MaxDepth = 32, AllowTrailingCommas = true };

    /// <summary>Whether a list of objects begins with a line, and no prompt in brackets.</summary>
    public static bool BeginsList(string line)
    {
        ReadOnlySpan<char> text = line.AsSpan().TrimStart("\ufeff \t");
        return text is ['[', ..] && text[1..].TrimStart() is [] or ['{', ..];
    }

    /// <summary>Whether a text begins as such a list does.</summary>
    public static bool Recognises(string text)
    {
        ReadOnlySpan<char> start = text.AsSpan(0, Math.Min(text.Length, 600)).TrimStart("\ufeff \t\r\n[{},");
        return start.StartsWith("\"ifindex\"") || start.StartsWith("\"dst\"") || start.StartsWith("\"mac\"")
            || (start.StartsWith("\"ifname\"") && (start.Contains("\"mtu\"", StringComparison.Ordinal)
                || start.Contains("\"flags\"", StringComparison.Ordinal)))
            || (start.StartsWith("\"type\"") && start.Contains("\"dst\"", StringComparison.Ordinal));
    }

    /// <summary>The objects of the lists; what is behind a damaged place is lost.</summary>
    /// <param name="text">JSON.</param>
    /// <param name="damaged">Told of the line, from 0, where it cannot be read any more.</param>
    public static IEnumerable<JsonElement> Objects(string text, Action<long> damaged)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int start = 0;
        while (start < bytes.Length)
        {
            // Each object by itself: a list that was cut still has its first ones.
            int next = bytes.AsSpan(start).IndexOf((byte)'{');
            if (next < 0)
            {
                yield break;
            }

            start += next;
            if (!TryRead(bytes.AsSpan(start), out JsonElement element, out int read))
            {
                damaged(bytes.AsSpan(0, start).Count((byte)'\n'));
                yield break;
            }

            start += read;
            yield return element;
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> bytes, out JsonElement element, out int read)
    {
        var reader = new Utf8JsonReader(bytes, s_loose);
        try
        {
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            (element, read) = (document.RootElement.Clone(), (int)reader.BytesConsumed);
            return true;
        }
        catch (JsonException)
        {
            (element, read) = (default, 0);
            return false;
        }
    }
}
