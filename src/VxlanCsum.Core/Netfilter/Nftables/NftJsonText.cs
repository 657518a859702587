using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>Writes libnftables' JSON (schema version 1) in nft's own language, so that both are understood by one
/// reader.</summary>
internal static class NftJsonText
{
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
    public static string Verdict(JsonElement value)
    {
        foreach (JsonProperty verdict in value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : default)
        {
            return verdict.Name is "jump" or "goto" ? $"{verdict.Name} {Text(verdict.Value, "target")}" : verdict.Name;
        }

        return Expression(value);
    }

    private static string Statement(JsonElement statement)
    {
        foreach (JsonProperty part in statement.ValueKind == JsonValueKind.Object ? statement.EnumerateObject()
            : default)
        {
            JsonElement value = part.Value;
            return part.Name switch
            {
                "match" => Match(value),
                "counter" => Counter(value),
                "mangle" => $"{Expression(Of(value, "key"))} set {Expression(Of(value, "value"))}",
                "vmap" => $"{Expression(Of(value, "key"))} vmap {Expression(Of(value, "data"))}",
                "jump" or "goto" => $"{part.Name} {Text(value, "target")}",
                "masquerade" or "snat" or "dnat" or "redirect" => Nat(part.Name, value),
                "xt" => $"xt {Text(value, "type")} \"{Text(value, "name")}\"",
                "limit" => $"limit rate "
                    + $"{(value.ValueKind == JsonValueKind.Object && Of(value, "inv").ValueKind == JsonValueKind.True ? "over " : "")}{Expression(Of(value, "rate"))}/{Text(value, "per")}",
                "log" => value.ValueKind == JsonValueKind.Object
                    && Of(value, "prefix").ValueKind == JsonValueKind.String
                    ? $"log prefix \"{Of(value, "prefix").GetString()}\"" : "log",
                "reject" or "queue" or "flow" or "tproxy" or "synproxy" or "dup" or "fwd" or "quota" => part.Name,
                "set" or "map" => $"{Text(value, "op")} {Expression(Of(value, part.Name == "set" ? "set" : "map"))}",
                "ct helper" or "ct timeout" or "ct expectation" or "secmark" => $"{part.Name} set {Expression(value)}",
                _ => part.Name,
            };
        }

        return string.Empty;
    }

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

    private static string Object(JsonElement value, int depth)
    {
        foreach (JsonProperty part in value.EnumerateObject())
        {
            JsonElement inner = part.Value;
            switch (part.Name)
            {
                case "meta":
                    string key = Text(inner, "key");
                    return key is "iifname" or "oifname" or "iif" or "oif" ? key : $"meta {key}";
                case "payload":
                    return inner.TryGetProperty("base", out _) ? "@raw"
                        : $"{Text(inner, "protocol")} {Text(inner, "field")}";
                case "ct":
                    string direction = Text(inner, "dir");
                    return $"ct {direction}{(direction.Length > 0 ? " " : "")}{Text(inner, "key")}";
                case "fib":
                    JsonElement flags = Of(inner, "flags");
                    return $"fib {(flags.ValueKind == JsonValueKind.Array ? string.Join(" . ", flags.EnumerateArray().Select(f => Expression(f, depth))) : Expression(flags, depth))} {Text(inner, "result")}";
                case "prefix":
                    return $"{Text(inner, "addr")}/{Expression(Of(inner, "len"), depth)}";
                case "range" when inner.ValueKind == JsonValueKind.Array && inner.GetArrayLength() == 2:
                    return $"{Expression(inner[0], depth)}-{Expression(inner[1], depth)}";
                case "concat" when inner.ValueKind == JsonValueKind.Array:
                    return string.Join(" . ", inner.EnumerateArray().Select(v => Expression(v, depth)));
                case "&" or "|" or "^" or "<<" or ">>" when inner.ValueKind == JsonValueKind.Array:
                    return string.Join($" {part.Name} ", inner.EnumerateArray().Select(v => Operand(v, depth)));
                case "set" when inner.ValueKind == JsonValueKind.Array:
                    return $"{{ {string.Join(", ", inner.EnumerateArray().Select(v => Element(v, depth)))} }}";
                case "set" or "val":
                    return Expression(inner, depth);
                case "elem":
                    return Expression(inner.ValueKind == JsonValueKind.Object ? Of(inner, "val") : inner, depth);
                case "map":
                    return $"{Expression(Of(inner, "key"), depth)} map {Expression(Of(inner, "data"), depth)}";
                case "numgen":
                    return $"numgen {Text(inner, "mode")} mod {Expression(Of(inner, "mod"), depth)}";
                case "jhash" or "symhash":
                    return $"{part.Name} mod {Expression(Of(inner, "mod"), depth)}";
                case "jump" or "goto":
                    return $"{part.Name} {Text(inner, "target")}";
                case "accept" or "drop" or "return" or "continue":
                    return part.Name;
                case "rt" or "socket" or "osf" or "exthdr" or "tcp option" or "ip option" or "ipsec":
                    return $"{part.Name} {Text(inner, "key")}{Text(inner, "name")}";
                default:
                    return part.Name;
            }
        }

        return string.Empty;
    }

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
