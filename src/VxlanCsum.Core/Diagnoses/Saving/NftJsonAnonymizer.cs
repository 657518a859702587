using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VxlanCsum.Diagnoses.Saving;

/// <summary>Prints libnftables' JSON anew (libnftables-json(5)): its own words stay, names and addresses are mapped,
/// and what people wrote is left out.</summary>
internal sealed class NftJsonAnonymizer(NodeAnonymizer node)
{
    private static readonly JsonSerializerOptions s_plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The JSON; null where it is none.</summary>
    public string? Print(string text)
    {
        try
        {
            return Value(JsonNode.Parse(text))?.ToJsonString(s_plain);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // ArgumentException: a name that is there twice.
            return null;
        }
    }

    private JsonNode? Value(JsonNode? value) => value switch
    {
        JsonObject members => Object(members),
        JsonArray items => new JsonArray([.. items.Select(Value)]),
        JsonValue one when one.GetValueKind() == JsonValueKind.String => Text(one.GetValue<string>()),
        JsonValue number when number.TryGetValue(out uint small) => node.Number(small),
        _ => value?.DeepClone(),
    };

    private JsonObject Object(JsonObject members)
    {
        if (members["range"] is JsonArray and [JsonValue from, JsonValue to] && Address(from) is { } first
            && Address(to) is { } last)
        {
            return node.Range(first, last).Split('-') is [var low, var high]
                ? new JsonObject { ["range"] = new JsonArray(low, high) } : new JsonObject();
        }

        if (members["prefix"] is JsonObject prefix && prefix["len"] is JsonValue length
            && node.AddressText($"{prefix["addr"]}/{length}")?.Split('/') is [var address, _])
        {
            return new JsonObject
            {
                ["prefix"] = new JsonObject { ["addr"] = address, ["len"] = length.DeepClone() },
            };
        }

        var printed = new JsonObject();
        foreach ((string name, JsonNode? value) in members)
        {
            if (name is "comment" && value is JsonValue)
            {
                printed[name] = PublicWords.Comment(value.ToString()) ?? NodeAnonymizer.LeftOut;
            }
            else if (name is not ("prefix" or "release_name" or "version") && IsWord(name))
            {
                // Bytes at an offset of a packet: the number may be an address of it.
                printed[name] = name == "right" && IsRaw(members["left"]) ? 0 : Value(value);
            }
        }

        return printed;
    }

    private JsonValue Text(string text) => JsonValue.Create(text is ['@', .. var set] ? "@" + node.Name(set)
        : node.AddressText(text) ?? (text.Contains(',', StringComparison.Ordinal) ? node.Name(text) : node.Word(text)));

    private static IPAddress? Address(JsonValue value) =>
        value.GetValueKind() == JsonValueKind.String
            && IPAddress.TryParse(value.GetValue<string>(), out IPAddress? address)
        && value.GetValue<string>().AsSpan().ContainsAny('.', ':') ? address : null;

    private static bool IsWord(string name) => PublicWords.IsOfRules(name) || name is "&" or "|" or "^" or "<<" or ">>";

    private static bool IsRaw(JsonNode? left) => left switch
    {
        JsonObject members => members["payload"] is JsonObject payload && payload.ContainsKey("base")
            || members.Any(static m => IsRaw(m.Value)),
        JsonArray items => items.Any(IsRaw),
        _ => false,
    };
}
