using System.Text.Json;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Text;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>Reads nft -j list ruleset, one object after the other.</summary>
internal sealed class NftJsonReader(RulesetSink sink)
{
    /// <summary>A rule has some hundred bytes; a set is one object with all its elements: 32 MiB are those of 100,000
    /// services.</summary>
    private const int LargestObject = 32 << 20;

    private readonly RuleArena _arena = new();
    private readonly Dictionary<(NetfilterFamily, string), NetfilterTable> _tables = [];

    /// <summary>Reads one document.</summary>
    /// <param name="stream">Where it begins.</param>
    /// <param name="line">The number of its first line.</param>
    /// <param name="lines">How many lines ended in it.</param>
    /// <returns>What follows it: several rulesets may stand in one text.</returns>
    public Stream Read(Stream stream, long line, out long lines)
    {
        var items = new JsonItems(stream, LargestObject);
        bool found = false, isBroken = false;
        try
        {
            while (items.Find("nftables"u8))
            {
                found = true;
                while (items.Next() is { } item)
                {
                    using (item)
                    {
                        sink.Options.Cancellation.ThrowIfCancellationRequested();
                        if (sink.IsFull)
                        {
                            lines = items.Lines;
                            sink.TellFull(line + lines);
                            return Stream.Null;
                        }

                        Objects(item.RootElement);
                    }
                }
            }
        }
        catch (JsonException e)
        {
            Broken(e, line);
            isBroken = true;
        }

        if (!found)
        {
            sink.Problem(RulesetErrorId.Empty, line, string.Empty,
                "this JSON is not nft's: `nft -j list ruleset` gives an object \"nftables\"");
        }

        lines = items.Lines;
        return isBroken ? Stream.Null : items.Rest();
    }

    private void Broken(JsonException e, long line)
    {
        sink.Problem(RulesetErrorId.JsonInvalid, line + (e.LineNumber ?? 0), string.Empty,
            $"the JSON ends or breaks here: {SafeText.Escape(e.Message)}; what was read before it is kept");
        foreach (NetfilterTable table in _tables.Values)
        {
            table.Missing ??= "the JSON ends or breaks";
        }
    }

    private void Objects(JsonElement item)
    {
        try
        {
            foreach (JsonProperty property in item.EnumerateObject())
            {
                Object(property.Name, property.Value);
            }
        }
        catch (InvalidOperationException e)
        {
            // Bytes that are no UTF-8, or half a surrogate pair.
            sink.Problem(RulesetErrorId.JsonInvalid, 0, string.Empty,
                $"an object of this JSON cannot be read: {SafeText.Escape(e.Message)}");
        }
    }

    private void Object(string kind, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object || NftNames.Family(Text(value, "family")) is not { } family)
        {
            return;
        }

        switch (kind)
        {
            case "table":
                NetfilterTable table = Table(family, Text(value, "name"));
                table.Handle = Number(value, "handle");
                break;
            case "chain":
                Chain(Table(family, Text(value, "table")), value);
                break;
            case "rule":
                Rule(Table(family, Text(value, "table")), value);
                break;
            case "set" or "map":
                Add(Table(family, Text(value, "table")), Set(value));
                break;
        }
    }

    private NetfilterTable Table(NetfilterFamily family, string name)
    {
        if (!_tables.TryGetValue((family, name), out NetfilterTable? table))
        {
            table = new NetfilterTable(_arena, NetfilterBackend.Nftables, family, SafeText.Escape(name), sink.Path);
            _tables[(family, name)] = table;
            sink.Add(table);
        }

        return table;
    }

    private void Chain(NetfilterTable table, JsonElement value)
    {
        if (Find(table, Text(value, "name")) is not { } chain)
        {
            return;
        }

        if (value.TryGetProperty("hook", out JsonElement hook))
        {
            string policy = SafeText.Escape(Text(value, "policy"));
            chain.Place(new HookPlace { Policy = policy.Length > 0 ? policy.ToUpperInvariant() : "ACCEPT" });
            NftNames.Place(chain, Text(value, "type"), hook.GetString() ?? string.Empty, (int)Number(value, "prio"));
        }
    }

    private NetfilterChain? Find(NetfilterTable table, string name)
    {
        name = SafeText.Escape(name);
        if (sink.Options.Keep is { } keep && !keep(table.Name, name))
        {
            table.IsPartial = true;
            return null;
        }

        return table.Find(name) ?? sink.Add(table, new NetfilterChain(table, name, NftRule.Make));
    }

    private void Rule(NetfilterTable table, JsonElement value)
    {
        if (Find(table, Text(value, "chain")) is not { } chain
            || !value.TryGetProperty("expr", out JsonElement statements))
        {
            return;
        }

        string text = NftJsonText.Rule(statements);
        string comment = Text(value, "comment");
        text = comment.Length > 0 ? $"{text} comment \"{comment.Replace('"', '\'')}\"" : text;
        sink.CountRule(NftRule.Add(chain, 0, text));
    }

    private void Add(NetfilterTable table, NftSet set)
    {
        if (sink.MayKeep(set.Elements.Count))
        {
            table.Add(set);
        }
        else
        {
            sink.TooLarge(set.Name, 0);
        }
    }

    private NftSet Set(JsonElement value)
    {
        var set = new NftSet(Text(value, "name"));
        sink.CountSet();
        foreach (JsonElement element in value.TryGetProperty("elem", out JsonElement all)
            && all.ValueKind == JsonValueKind.Array ? all.EnumerateArray() : default)
        {
            bool pair = element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == 2;
            string key = NftJsonText.Expression(pair ? element[0] : element);
            set.Elements.Add((key.Split(" . "), pair ? NftJsonText.Verdict(element[1]) : null));
        }

        return set;
    }

    private static string Text(JsonElement value, string name) =>
        value.TryGetProperty(name, out JsonElement found) && found.ValueKind == JsonValueKind.String
            ? found.GetString()! : string.Empty;

    private static long Number(JsonElement value, string name) =>
        value.TryGetProperty(name, out JsonElement found) && found.ValueKind == JsonValueKind.Number
            && found.TryGetInt64(out long number) ? number : 0;
}
