using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using VxlanCsum.Node.Netlink;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Rules;

/// <summary>Writes one rule of nf_tables in nft's language, from the kernel's expressions.</summary>
/// <remarks>What is not known how to write becomes a condition that cannot be told, or an action that is not known:
/// never nothing.</remarks>
internal sealed class NftRuleText
{
    private const int Verdict = 0;
    private readonly Dictionary<int, NftField> _fields = [];
    private readonly Dictionary<int, byte[]> _values = [];
    private readonly List<string> _words = [];

    private NftRuleText()
    {
    }

    /// <summary>The chains that it leads to by itself.</summary>
    public List<string> Jumps { get; } = [];

    /// <summary>The sets and maps that it asks, with the fields that it asks them for.</summary>
    public List<(string Set, IReadOnlyList<NftField> Key)> Sets { get; } = [];

    /// <summary>It asks for a transport protocol that carries no tunnel over UDP.</summary>
    public bool IsOfOtherProtocol { get; private set; }

    /// <param name="inline">The elements of the sets that belong to the rule alone, by their names.</param>
    public string Text(IReadOnlyDictionary<string, string> inline) => string.Join(' ', _words.Select(
        w => w.LastIndexOf('@') is >= 0 and int at && inline.TryGetValue(w[(at + 1)..], out string? elements)
            ? w[..at] + elements : w));

    public static NftRuleText Read(NetlinkAttributes expressions)
    {
        var rule = new NftRuleText();
        foreach (NetlinkAttribute element in expressions)
        {
            string name = string.Empty;
            NftParts parts = default;
            foreach (NetlinkAttribute part in element.Nested)
            {
                name = part.Type == 1 ? part.String : name;
                parts = part.Type == 2 ? new NftParts(part.Nested) : parts;
            }

            rule.Add(name, parts);
        }

        return rule;
    }

    private void Add(string name, NftParts parts)
    {
        switch (name)
        {
            case "meta" or "payload" or "ct" or "fib" or "numgen":
                Load(name, parts);
                break;
            case "immediate":
                Immediate(parts);
                break;
            case "bitwise":
                Bitwise(parts);
                break;
            case "cmp" or "range" or "lookup":
                Compare(name, parts);
                break;
            default:
                Act(name, parts);
                break;
        }
    }

    private void Act(string name, NftParts parts)
    {
        switch (name)
        {
            case "counter" or "log" or "notrack" or "reject":
                _words.Add(name);
                break;
            case "last" or "dup" or "flow_offload":
                _words.Add("log");
                break;
            case "byteorder":
                // What it makes of a register is not followed: a comparison that comes is not known.
                _fields.Clear();
                break;
            case "objref" when parts.Number(1) == 1:
                _words.Add("counter");
                break;
            case "masq" or "redir" or "nat":
                Translate(name, parts);
                break;
            case "match" or "target":
                _words.Add($"xt {name} "
                    + $"\"{SafeText.Escape(Encoding.UTF8.GetString(parts.Data(1).TrimEnd((byte)0))).Replace('"', '\'')}\"");
                break;
            case "queue" or "fwd":
                _words.Add(name);
                break;
            case "limit" or "quota" or "connlimit" or "objref" or "dynset":
                _words.Add("limit rate 1/second");
                break;
            default:
                _words.Add($"unread-{SafeText.Escape(name)}");
                break;
        }
    }

    private void Load(string name, NftParts parts)
    {
        if (name is "meta" or "ct" && parts.Register(name == "meta" ? 3 : 4) is { } source)
        {
            Set(name, (int)parts.Number(2), source);
            return;
        }

        NftField field = name switch
        {
            "meta" => NftFields.Meta((int)parts.Number(2)),
            "ct" => NftFields.Connection((int)parts.Number(2)),
            "fib" => NftFields.Route((int)parts.Number(2), parts.Number(3)),
            "numgen" => NftFields.Counted(parts.Number(2)),
            _ => NftFields.Payload((int)parts.Number(2), (int)parts.Number(3), (int)parts.Number(4)),
        };
        if (parts.Register(1) is { } register)
        {
            Put(register, field);
        }
    }

    // Fields that are asked for together are loaded one behind the other: what stands further on is of an earlier
    // question.
    private void Put(int register, NftField field)
    {
        foreach (int behind in _fields.Keys.Where(k => k >= register).ToArray())
        {
            _fields.Remove(behind);
        }

        _fields[register] = field;
        _values.Remove(register);
    }

    /// <summary>"meta mark set ...": of a packet or its connection; other keys change nothing that counts
    /// here.</summary>
    private void Set(string name, int key, int source)
    {
        string? target = (name, key) switch { ("meta", 3) => "meta mark", ("ct", 3) => "ct mark", _ => null };
        if (target is null)
        {
            _words.Add("meta priority set 0");
            return;
        }

        string? value = _values.TryGetValue(source, out byte[]? constant)
            ? NftField.Host(constant).ToString(CultureInfo.InvariantCulture)
            : _fields.TryGetValue(source, out NftField? field) ? field.Changed() : null;
        _words.Add($"{target} set {value ?? "unread"}");
    }

    private void Immediate(NftParts parts)
    {
        int register = parts.Register(1) ?? -1;
        NftParts data = parts.Nested(2);
        if (register == Verdict && data.Has(2))
        {
            (string text, string? chain) = NftParts.VerdictOf(data.Nested(2));
            _words.Add(text);
            if (chain is not null)
            {
                Jumps.Add(chain);
            }
        }
        else
        {
            _values[register] = data.Data(1).ToArray();
            _fields.Remove(register);
        }
    }

    private void Bitwise(NftParts parts)
    {
        (int from, int to) = (parts.Register(1) ?? -1, parts.Register(2) ?? -1);

        // Operation 0 is a mask and turned bits; shifts are not followed.
        NftField? field = parts.Number(6) == 0 && _fields.TryGetValue(from, out NftField? known) && known.Mask is null
            ? known with { Mask = parts.Nested(4).Data(1).ToArray(), Flip = parts.Nested(5).Data(1).ToArray() } : null;
        Put(to, field ?? new NftField("unread-bitwise", NftFieldKind.Other, 4));
    }

    private void Compare(string name, NftParts parts)
    {
        int register = parts.Register(name == "lookup" ? 2 : 1) ?? -1;
        if (name == "lookup")
        {
            Lookup(register, parts);
            return;
        }

        string operation = parts.Number(2) switch { 0 => "", 1 => "!= ", 2 => "< ", 3 => "<= ", 4 => "> ", _ => ">= " };
        NftField? field = _fields.GetValueOrDefault(register);
        ReadOnlySpan<byte> data = parts.Nested(3).Data(1);
        string? text = field is null ? null
            : name == "range"
                ? (parts.Number(2) > 1 || field.Mask is not null || field.Value(data) is not { } from
                    || field.Value(parts.Nested(4).Data(1)) is not { } to ? null
                : $"{field.Text} {operation}{from}-{to}")
            : NftComparison.Write(field, operation, data);
        _words.Add(text ?? $"unread-{name}");
        IsOfOtherProtocol |= name == "cmp" && field is { Kind: NftFieldKind.Protocol, Mask: null }
            && operation.Length == 0 && data is [not 17, ..];
    }

    private void Lookup(int register, NftParts parts)
    {
        string set = SafeText.Escape(Encoding.UTF8.GetString(parts.Data(1).TrimEnd((byte)0)));
        int? into = parts.Has(3) ? parts.Register(3) : null;
        List<NftField> key = Key(register);
        if (key.Count == 0 || key.Exists(static k => k.Mask is not null || k.IsPrefix || k.Kind == NftFieldKind.Other))
        {
            // A map of verdicts may lead anywhere, which is more than a match that is not known.
            _words.Add(into == Verdict ? "queue" : "unread-lookup");
            return;
        }

        if (into is > Verdict)
        {
            // What a map gives is not followed; that it gives something is a match.
            Put(into.Value, new NftField("unread-map", NftFieldKind.Other, 4));
            _words.Add("unread-map");
            return;
        }

        Sets.Add((set, key));
        string fields = string.Join(" . ", key.Select(static k => k.Text));
        _words.Add(into == Verdict ? $"{fields} vmap @{set}"
            : $"{fields} {((parts.Number(5) & 1) != 0 ? "!= " : "")}@{set}");
    }

    /// <summary>The fields that stand together from a register on.</summary>
    private List<NftField> Key(int register)
    {
        var key = new List<NftField>();
        for (int at = register; _fields.TryGetValue(at, out NftField? field); at += (field.Length + 3) / 4)
        {
            key.Add(field);
        }

        return key;
    }

    private void Translate(string name, NftParts parts)
    {
        string keyword = name switch
        {
            "masq" => "masquerade",
            "redir" => "redirect",
            _ => parts.Number(1) == 0 ? "snat" : "dnat"
        };
        uint flags = parts.Number(name switch { "masq" => 1, "redir" => 3, _ => 7 });
        string to = string.Empty;
        if (name == "nat" && parts.Register(3) is { } address && _values.TryGetValue(address, out byte[]? bytes)
            && bytes.Length is 4 or 16)
        {
            to = new NftField("", NftFieldKind.Address, bytes.Length).Value(bytes)!;
            to = bytes.Length == 16 ? $"[{to}]" : to;
        }

        int ports = name switch { "masq" => 2, "redir" => 1, _ => 5 };
        if (parts.Register(ports) is { } first && _values.TryGetValue(first, out byte[]? low) && low.Length >= 2)
        {
            int last = parts.Register(ports + 1) is { } second && _values.TryGetValue(second, out byte[]? high)
                && high.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(high) : -1;
            int port = BinaryPrimitives.ReadUInt16BigEndian(low);
            to += string.Create(CultureInfo.InvariantCulture,
                $":{port}{(last >= 0 && last != port ? $"-{last}" : "")}");
        }

        _words.Add($"{keyword}{(to.Length > 0 ? " to " + to : "")}{((flags & 4) != 0 ? " random" : "")}{((flags & 16) != 0 ? " fully-random" : "")}{((flags & 8) != 0 ? " persistent" : "")}");
    }
}
