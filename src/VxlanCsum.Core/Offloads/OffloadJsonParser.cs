using System.Text;
using System.Text.Json;
using VxlanCsum.Text;

namespace VxlanCsum.Offloads;

/// <summary>Reads `ethtool --json -k`, one or several outputs after one another.</summary>
internal static class OffloadJsonParser
{
    /// <summary>Whether a text begins as that JSON does, and not as a prompt in brackets.</summary>
    public static bool Recognises(string text)
    {
        ReadOnlySpan<char> start = text.AsSpan().TrimStart("\ufeff \t\r\n");
        if (start.IsEmpty || start[0] is not ('[' or '{'))
        {
            return false;
        }

        ReadOnlySpan<char> next = start[1..].TrimStart(" \t\r\n");
        return next.IsEmpty || next[0] is '{' or '}' or ']' or '"';
    }

    /// <summary>The features in the order of the text.</summary>
    public static IReadOnlyList<OffloadFeature> Parse(string text, Action<OffloadProblem> report)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text.TrimStart('\ufeff'));
        var features = new List<OffloadFeature>();
        int start = 0;
        while (true)
        {
            int blanks = bytes.AsSpan(start).IndexOfAnyExcept(" \t\r\n"u8);
            if (blanks < 0)
            {
                return features;
            }

            start += blanks;
            int line = 1 + bytes.AsSpan(0, start).Count((byte)'\n');
            var reader = new Utf8JsonReader(bytes.AsSpan(start));
            try
            {
                using JsonDocument document = JsonDocument.ParseValue(ref reader);
                Read(document.RootElement, line, features, report);
            }
            catch (JsonException e)
            {
                report(new OffloadProblem(line + (e.LineNumber ?? 0),
                    "not the JSON of `ethtool --json -k`: it is damaged or cut off here"));
                return features;
            }
            catch (InvalidOperationException)
            {
                // A string of half a surrogate pair is valid JSON and no text.
                report(new OffloadProblem(line, "a name in the JSON is not text"));
            }

            start += (int)reader.BytesConsumed;
        }
    }

    private static void Read(JsonElement root, int line, List<OffloadFeature> features, Action<OffloadProblem> report)
    {
        IEnumerable<JsonElement> interfaces = root.ValueKind is JsonValueKind.Array ? root.EnumerateArray() : [root];
        foreach (JsonElement each in interfaces)
        {
            if (each.ValueKind is not JsonValueKind.Object)
            {
                report(new OffloadProblem(line, "not the JSON of `ethtool --json -k`: an object a device is expected"));
                continue;
            }

            string? device = each.TryGetProperty("ifname", out JsonElement value)
                && value.ValueKind is JsonValueKind.String
                ? SafeText.Escape(value.GetString()!)
                : null;
            foreach (JsonProperty property in each.EnumerateObject().Where(static p => p.Name is not "ifname"))
            {
                string name = SafeText.Escape(property.Name, 64);
                if (IsActive(property.Value) is { } isActive)
                {
                    features.Add(ToFeature(name, property.Value, isActive) with { Interface = device });
                }
                else
                {
                    report(new OffloadProblem(line,
                        $"'{name}' of {device ?? "an unnamed device"} does not say whether it is active"));
                }
            }
        }
    }

    private static bool? IsActive(JsonElement feature) =>
        feature.ValueKind is JsonValueKind.Object && feature.TryGetProperty("active", out JsonElement active)
            ? Flag(active) : null;

    private static OffloadFeature ToFeature(string name, JsonElement value, bool active)
    {
        OffloadGroup? group = OffloadTable.FindGroup(name);
        if (group is { OnlyMember: null })
        {
            return OffloadTable.DescribeGroup(group) with { Active = active };
        }

        bool? isFixed = value.TryGetProperty("fixed", out JsonElement f) ? Flag(f) : null;
        return OffloadTable.Describe(group?.OnlyMember ?? name) with
        {
            Active = active,
            Requested = value.TryGetProperty("requested", out JsonElement r) ? Flag(r) : null,
            Fixed = isFixed,
            Available = isFixed is false ? true : null,
        };
    }

    private static bool? Flag(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };
}
