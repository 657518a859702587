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
    private static readonly Dictionary<string, Reader> s_readers = new(StringComparer.Ordinal)
    {
        ["meta"] = static (rule, name, parts) => rule.Load(name, parts),
        ["payload"] = static (rule, name, parts) => rule.Load(name, parts),
        ["ct"] = static (rule, name, parts) => rule.Load(name, parts),
        ["fib"] = static (rule, name, parts) => rule.Load(name, parts),
        ["numgen"] = static (rule, name, parts) => rule.Load(name, parts),
        ["immediate"] = static (rule, _, parts) => rule.Immediate(parts),
        ["bitwise"] = static (rule, _, parts) => rule.Bitwise(parts),
        ["byteorder"] = static (rule, _, _) => rule.ForgetFields(),
        ["cmp"] = static (rule, _, parts) => rule.Compare(parts),
        ["range"] = static (rule, _, parts) => rule.Range(parts),
        ["lookup"] = static (rule, _, parts) => rule.Lookup(parts.Register(2) ?? -1, parts),
        ["objref"] = static (rule, _, parts) => rule.Object(parts),
        ["masq"] = static (rule, _, parts) => rule.Translate("masquerade", parts, flags: 1, ports: 2),
        ["redir"] = static (rule, _, parts) => rule.Translate("redirect", parts, flags: 3, ports: 1),
        ["nat"] = static (rule, _, parts) =>
            rule.Translate(parts.Number(1) == 0 ? "snat" : "dnat", parts, flags: 7, ports: 5, address: 3),
        ["match"] = static (rule, name, parts) => rule.Extension(name, parts),
        ["target"] = static (rule, name, parts) => rule.Extension(name, parts),
    };

    // Statements of which only that they stand there matters, as nft's own word or one that does the same to a packet.
    private static readonly Dictionary<string, string> s_words = new(StringComparer.Ordinal)
    {
        ["counter"] = "counter",
        ["log"] = "log",
        ["notrack"] = "notrack",
        ["reject"] = "reject",
        ["queue"] = "queue",
        ["fwd"] = "fwd",
        ["last"] = "log",
        ["dup"] = "log",
        ["flow_offload"] = "log",
        ["limit"] = "limit rate 1/second",
        ["quota"] = "limit rate 1/second",
        ["connlimit"] = "limit rate 1/second",
        ["dynset"] = "limit rate 1/second",
    };

    private const int Verdict = 0;
    private readonly Dictionary<int, NftField> _fields = [];
    private readonly Dictionary<int, byte[]> _values = [];
    private readonly List<string> _words = [];

    private NftRuleText()
    {
    }

    private delegate void Reader(NftRuleText rule, string name, NftParts parts);

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
        if (s_readers.TryGetValue(name, out Reader? read))
        {
            read(this, name, parts);
        }
        else
        {
            _words.Add(s_words.GetValueOrDefault(name) ?? $"unread-{SafeText.Escape(name)}");
        }
    }

    /// <summary>What it makes of a register is not followed: a comparison that comes is not known.</summary>
    private void ForgetFields() => _fields.Clear();

    private void Object(NftParts parts) => _words.Add(parts.Number(1) == 1 ? "counter" : "limit rate 1/second");

    private void Extension(string name, NftParts parts)
    {
        string extension = SafeText.Escape(Encoding.UTF8.GetString(parts.Data(1).TrimEnd((byte)0)));
        _words.Add($"xt {name} \"{extension.Replace('"', '\'')}\"");
    }

    private void Load(string name, NftParts parts)
    {
        if (name is "meta" or "ct" && parts.Register(name == "meta" ? 3 : 4) is { } source)
        {
            Set(name, (int)parts.Number(2), source);
        }
        else if (parts.Register(1) is { } register)
        {
            Put(register, Field(name, parts));
        }
    }

    private static NftField Field(string name, NftParts parts) => name switch
    {
        "meta" => NftFields.Meta((int)parts.Number(2)),
        "ct" => NftFields.Connection((int)parts.Number(2)),
        "fib" => NftFields.Route((int)parts.Number(2), parts.Number(3)),
        "numgen" => NftFields.Counted(parts.Number(2)),
        _ => NftFields.Payload((int)parts.Number(2), (int)parts.Number(3), (int)parts.Number(4)),
    };

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

    private NftField? Compared(NftParts parts) => _fields.GetValueOrDefault(parts.Register(1) ?? -1);

    private static string Operation(NftParts parts) =>
        parts.Number(2) switch { 0 => "", 1 => "!= ", 2 => "< ", 3 => "<= ", 4 => "> ", _ => ">= " };

    private void Compare(NftParts parts)
    {
        string operation = Operation(parts);
        ReadOnlySpan<byte> data = parts.Nested(3).Data(1);
        NftField? field = Compared(parts);
        _words.Add((field is null ? null : NftComparison.Write(field, operation, data)) ?? "unread-cmp");
        IsOfOtherProtocol |= field is { Kind: NftFieldKind.Protocol, Mask: null }
            && operation.Length == 0 && data is [not 17, ..];
    }

    private void Range(NftParts parts)
    {
        _words.Add(Compared(parts) is { Mask: null } field && parts.Number(2) <= 1
            && field.Value(parts.Nested(3).Data(1)) is { } from && field.Value(parts.Nested(4).Data(1)) is { } to
            ? $"{field.Text} {Operation(parts)}{from}-{to}" : "unread-range");
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

    /// <param name="keyword">nft's.</param>
    /// <param name="parts">Of the expression.</param>
    /// <param name="flags">Which part holds the flags.</param>
    /// <param name="ports">Which part names the register of the lowest port; the next one's is the highest.</param>
    /// <param name="address">Which part names the register of the address; 0 where there is none.</param>
    private void Translate(string keyword, NftParts parts, int flags, int ports, int address = 0)
    {
        string to = string.Empty;
        if (address != 0 && ValueOf(parts.Register(address)) is { Length: 4 or 16 } bytes)
        {
            to = new NftField("", NftFieldKind.Address, bytes.Length).Value(bytes)!;
            to = bytes.Length == 16 ? $"[{to}]" : to;
        }

        if (Port(parts.Register(ports)) is { } port)
        {
            int last = Port(parts.Register(ports + 1)) ?? port;
            to += string.Create(CultureInfo.InvariantCulture, $":{port}{(last != port ? $"-{last}" : "")}");
        }

        _words.Add(keyword + (to.Length > 0 ? " to " + to : "") + Flags(parts.Number(flags)));
    }

    private static string Flags(uint set) => ((set & 4) != 0 ? " random" : "")
        + ((set & 16) != 0 ? " fully-random" : "") + ((set & 8) != 0 ? " persistent" : "");

    private byte[]? ValueOf(int? register) => register is { } known ? _values.GetValueOrDefault(known) : null;

    private int? Port(int? register) =>
        ValueOf(register) is { Length: >= 2 } value ? BinaryPrimitives.ReadUInt16BigEndian(value) : null;
}
