using System.Text.Json;

namespace VxlanCsum.Text;

/// <summary>Looks into JSON that programs and APIs printed, which may be shaped in any way: what is not there or is something
/// else is null.</summary>
internal static class JsonLook
{
    /// <summary>Long enough for any name, version or selector that is worth showing.</summary>
    private const int TextLimit = 512;

    public static JsonElement? At(this JsonElement element, params ReadOnlySpan<string> path)
    {
        try
        {
            foreach (string name in path)
            {
                if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                {
                    return null;
                }
            }

            return element;
        }
        catch (InvalidOperationException)
        {
            // A property whose name is half a surrogate pair, escaped: valid JSON, and no text.
            return null;
        }
    }

    /// <summary>A string, fit to be shown; null where there is none or it is empty.</summary>
    public static string? Text(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.Raw(path) is { Length: > 0 } text ? SafeText.Escape(text, TextLimit) : null;

    /// <summary>A string as it is, to be parsed and never shown.</summary>
    public static string? Raw(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { } found ? found.AsString() : null;

    public static bool? Flag(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path)?.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };

    public static long? Number(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out long value) ? value
            : null;

    /// <summary>The members of an array that are objects.</summary>
    public static IEnumerable<JsonElement> Objects(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.Array } array
            ? array.EnumerateArray().Where(static e => e.ValueKind == JsonValueKind.Object) : [];

    /// <summary>The members of an array that are strings.</summary>
    public static IEnumerable<string> Strings(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.Array } array
            ? array.EnumerateArray().Select(AsString).OfType<string>() : [];

    private static string? AsString(this JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // As above.
            return null;
        }
    }
}
