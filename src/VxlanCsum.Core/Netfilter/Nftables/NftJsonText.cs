using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>Writes libnftables' JSON (schema version 1) in nft's own language, so that both are understood by one
/// reader.</summary>
internal static class NftJsonText
{
    private static readonly FrozenDictionary<string, Func<string, JsonElement, string>> s_statements =
        new Dictionary<string, Func<string, JsonElement, string>>
        {
            ["match"] = static (_, value) => Match(value),
            ["counter"] = static (_, value) => Counter(value),
            ["mangle"] = static (_, value) => $"{Text(value, "key")} set {Text(value, "value")}",
            ["vmap"] = static (_, value) => $"{Text(value, "key")} vmap {Text(value, "data")}",
            ["jump"] = Jump,
            ["goto"] = Jump,
            ["masquerade"] = Nat,
            ["snat"] = Nat,
            ["dnat"] = Nat,
            ["redirect"] = Nat,
            ["xt"] = static (_, value) => $"xt {Text(value, "type")} \"{Text(value, "name")}\"",
            ["limit"] = static (_, value) =>
                $"limit rate {(Of(value, "inv").ValueKind == JsonValueKind.True ? "over " : "")}"
                + $"{Text(value, "rate")}/{Text(value, "per")}",
            ["log"] = static (_, value) => Of(value, "prefix") is { ValueKind: JsonValueKind.String } prefix
                ? $"log prefix \"{prefix.GetString()}\"" : "log",
            ["set"] = Update,
            ["map"] = Update,
            ["ct helper"] = Assign,
            ["ct timeout"] = Assign,
            ["ct expectation"] = Assign,
            ["secmark"] = Assign,
        }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, Func<string, JsonElement, int, string>> s_expressions =
        new Dictionary<string, Func<string, JsonElement, int, string>>
        {
            ["meta"] = static (_, value, _) => Text(value, "key") is var key
                && key is "iifname" or "oifname" or "iif" or "oif" ? key : $"meta {key}",
            ["payload"] = static (_, value, _) => value.TryGetProperty("base", out JsonElement _) ? "@raw"
                : $"{Text(value, "protocol")} {Text(value, "field")}",
            ["ct"] = static (_, value, _) => Text(value, "dir") is { Length: > 0 } direction
                ? $"ct {direction} {Text(value, "key")}" : $"ct {Text(value, "key")}",
            ["fib"] = static (_, value, depth) =>
                $"fib {Join(" . ", Of(value, "flags"), depth, Expression)} {Text(value, "result")}",
            ["prefix"] = static (_, value, depth) => $"{Text(value, "addr")}/{Expression(Of(value, "len"), depth)}",
            ["range"] = Range,
            ["concat"] = static (name, value, depth) =>
                value.ValueKind == JsonValueKind.Array ? Join(" . ", value, depth, Expression) : name,
            ["&"] = Combined,
            ["|"] = Combined,
            ["^"] = Combined,
            ["<<"] = Combined,
            [">>"] = Combined,
            ["set"] = static (_, value, depth) => value.ValueKind == JsonValueKind.Array
                ? $"{{ {Join(", ", value, depth, Element)} }}" : Expression(value, depth),
            ["val"] = static (_, value, depth) => Expression(value, depth),
            ["elem"] = static (_, value, depth) =>
                Expression(value.ValueKind == JsonValueKind.Object ? Of(value, "val") : value, depth),
            ["map"] = static (_, value, depth) =>
                $"{Expression(Of(value, "key"), depth)} map {Expression(Of(value, "data"), depth)}",
            ["numgen"] = static (_, value, depth) =>
                $"numgen {Text(value, "mode")} mod {Expression(Of(value, "mod"), depth)}",
            ["jhash"] = Hash,
            ["symhash"] = Hash,
            ["jump"] = static (name, value, _) => Jump(name, value),
            ["goto"] = static (name, value, _) => Jump(name, value),
            ["rt"] = Named,
            ["socket"] = Named,
            ["osf"] = Named,
            ["exthdr"] = Named,
            ["tcp option"] = Named,
            ["ip option"] = Named,
            ["ipsec"] = Named,
        }.ToFrozenDictionary();

    /// <summary>Deeper than any expression nft makes; a text may nest more.</summary>
    private const int Deepest = 32;

    // What ends a word in nft's language.
    private static readonly SearchValues<char> s_quoted = SearchValues.Create(" \t\n\r{},;()\"#");

    public static string Rule(JsonElement statements)
    {
        var text = new StringBuilder();
        foreach (JsonElement statement in statements.ValueKind == JsonValueKind.Array ? statements.EnumerateArray()
            : default)
        {
            text.Append(text.Length == 0 ? "" : " ").Append(Statement(statement));
        }

        return text.ToString();
    }

    /// <summary>"10.96.0.10 . udp . 53".</summary>
    public static string Expression(JsonElement value, int depth = 0)
    {
        if (depth > Deepest)
        {
            return "?";
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => Word(value.GetString()!),
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.True => "exists",
            JsonValueKind.False => "missing",
            JsonValueKind.Array => string.Join(",", value.EnumerateArray().Select(v => Expression(v, depth + 1))),
            JsonValueKind.Object => Object(value, depth + 1),
            _ => string.Empty,
        };
    }

    /// <summary>"goto service-X", "accept".</summary>
    public static string Verdict(JsonElement value) =>
        First(value) is not var (name, target) ? Expression(value)
            : name is "jump" or "goto" ? Jump(name, target) : name;

    private static string Statement(JsonElement statement) =>
        First(statement) is not var (name, value) ? string.Empty
            : s_statements.TryGetValue(name, out Func<string, JsonElement, string>? write) ? write(name, value) : name;

    /// <summary>What an object is of, and what stands behind it: libnftables makes objects of one property.</summary>
    private static (string Name, JsonElement Value)? First(JsonElement value)
    {
        foreach (JsonProperty part in value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : default)
        {
            return (part.Name, part.Value);
        }

        return null;
    }

    private static string Jump(string name, JsonElement value) => $"{name} {Text(value, "target")}";

    private static string Update(string name, JsonElement value) => $"{Text(value, "op")} {Text(value, name)}";

    private static string Assign(string name, JsonElement value) => $"{name} set {Expression(value)}";

    private static string Match(JsonElement match)
    {
        string op = Text(match, "op") switch { "==" or "in" => " ", var other => $" {other} " };
        JsonElement left = Of(match, "left"), right = Of(match, "right");

        // Where bits are masked, "== 0" must be written; elsewhere nft leaves it out.
        bool masked = left.ValueKind == JsonValueKind.Object && left.TryGetProperty("&", out _);
        return $"{Expression(left)}{(masked && op == " " ? " == " : op)}{Expression(right)}";
    }

    private static string Counter(JsonElement counter) => counter.ValueKind switch
    {
        JsonValueKind.Object =>
            $"counter packets {Expression(Of(counter, "packets"))} bytes {Expression(Of(counter, "bytes"))}",
        JsonValueKind.String => $"counter name \"{counter.GetString()}\"",
        _ => "counter",
    };

    private static string Nat(string name, JsonElement value)
    {
        var text = new StringBuilder(name);
        if (value.ValueKind == JsonValueKind.Object)
        {
            string address = Expression(Of(value, "addr")), port = Expression(Of(value, "port"));
            if (address.Length > 0 || port.Length > 0)
            {
                text.Append(" to ")
                    .Append(address.Contains(':', StringComparison.Ordinal)
                        && !address.Contains(' ', StringComparison.Ordinal) ? $"[{address}]" : address)
                    .Append(port.Length > 0 ? ":" : "").Append(port);
            }

            string flags = Expression(Of(value, "flags"));
            text.Append(flags.Length > 0 ? " " : "").Append(flags);
        }

        return text.ToString();
    }

    private static string Object(JsonElement value, int depth) =>
        First(value) is not var (name, inner) ? string.Empty
            : s_expressions.TryGetValue(name, out Func<string, JsonElement, int, string>? write)
                ? write(name, inner, depth) : name;

    private static string Range(string name, JsonElement value, int depth) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 2
            ? $"{Expression(value[0], depth)}-{Expression(value[1], depth)}" : name;

    private static string Combined(string name, JsonElement value, int depth) =>
        value.ValueKind == JsonValueKind.Array ? Join($" {name} ", value, depth, Operand) : name;

    private static string Hash(string name, JsonElement value, int depth) =>
        $"{name} mod {Expression(Of(value, "mod"), depth)}";

    private static string Named(string name, JsonElement value, int depth) =>
        $"{name} {Text(value, "key")}{Text(value, "name")}";

    private static string Join(string separator, JsonElement values, int depth, Func<JsonElement, int, string> write) =>
        values.ValueKind == JsonValueKind.Array
            ? string.Join(separator, values.EnumerateArray().Select(v => write(v, depth))) : write(values, depth);

    // A number that is masked prints as hexadecimal, as nft does.
    private static string Operand(JsonElement value, int depth) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetUInt32(out uint bits)
            ? string.Create(CultureInfo.InvariantCulture, $"0x{bits:x8}")
            : Expression(value, depth);

    /// <summary>An element of a set, or [key, data] of a map.</summary>
    private static string Element(JsonElement value, int depth) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 2
            ? $"{Expression(value[0], depth)} : {Verdict(value[1])}"
            : Expression(value, depth);

    private static JsonElement Of(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out JsonElement found) ? found : default;

    private static string Text(JsonElement value, string name) => Expression(Of(value, name));

    private static string Word(string text) =>
        text.Length == 0 || text.AsSpan().ContainsAny(s_quoted) ? $"\"{text.Replace('"', '\'')}\"" : text;
}
