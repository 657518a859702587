using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace VxlanCsum.Node.Rules;

/// <summary>
/// The matches of iptables-legacy that stand on the way of tunnel packets, as iptables-legacy-save prints them
/// (linux/netfilter/xt_*.h). Any other, and any option of these that is not known here, is told as not known.
/// </summary>
internal static class LegacyMatches
{
    private const int HighestPort = 65535;

    private delegate bool Writer(StringBuilder text, ReadOnlySpan<byte> data, Func<ushort, string?> setName);

    private static readonly FrozenDictionary<(string, byte), Writer> s_writers =
        new Dictionary<(string, byte), Writer>
        {
            [("addrtype", 1)] = AddressType,
            [("comment", 0)] = Comment,
            [("conntrack", 2)] = Connection,
            [("conntrack", 3)] = Connection,
            [("mark", 1)] = Mark,
            [("multiport", 1)] = Multiport,
            [("set", 1)] = Set,
            [("set", 4)] = Set,
            [("statistic", 0)] = Statistic,
            [("tcp", 0)] = Tcp,
            [("udp", 0)] = Udp,
        }.ToFrozenDictionary();

    private static readonly string[] s_addressTypes = ["UNSPEC", "UNICAST", "LOCAL", "BROADCAST", "ANYCAST",
        "MULTICAST", "BLACKHOLE", "UNREACHABLE", "PROHIBIT", "THROW", "NAT", "XRESOLVE"];

    private static readonly (int Bit, string Name)[] s_states = [(0, "INVALID"), (3, "NEW"), (2, "RELATED"),
        (1, "ESTABLISHED"), (8, "UNTRACKED"), (6, "SNAT"), (7, "DNAT")];

    /// <summary>Writes one match; false where it is not known.</summary>
    public static bool Write(StringBuilder text, ReadOnlySpan<byte> match, Func<ushort, string?> setName)
    {
        (string name, byte revision) = match.Kind();
        if (!s_writers.TryGetValue((name, revision), out Writer? write))
        {
            return false;
        }

        text.Append(" -m ").Append(name);
        return write(text, match[LegacyBytes.PartHeader..], setName);
    }

    private static StringBuilder Negation(StringBuilder text, bool isNegated) =>
        text.Append(isNegated ? " !" : string.Empty);

    /// <summary>Quoted where it is not one plain word.</summary>
    private static bool Comment(StringBuilder text, ReadOnlySpan<byte> data, Func<ushort, string?> setName)
    {
        string comment = Encoding.UTF8.GetString(data.Name());
        bool isPlain = comment.Length > 0 && comment.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
        text.Append(" --comment ");
        if (isPlain)
        {
            text.Append(comment);
            return true;
        }

        text.Append('"');
        foreach (char c in comment)
        {
            text.Append(c is '"' or '\\' or '\'' ? "\\" : string.Empty).Append(c);
        }

        text.Append('"');

        // A comment of more than one line cannot be told from rules.
        return !comment.AsSpan().ContainsAny('\n', '\r');
    }

    // struct xt_mark_mtinfo1
    private static bool Mark(StringBuilder text, ReadOnlySpan<byte> data, Func<ushort, string?> setName)
    {
        uint mask = data.Number(4);
        Negation(text, data[8] != 0).Append(CultureInfo.InvariantCulture, $" --mark 0x{data.Number(0):x}");
        text.Append(mask == uint.MaxValue ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"/0x{mask:x}"));
        return true;
    }

    // struct xt_tcp: ports from and to, the option, the flags that are looked at and those that are to be set.
    private static bool Tcp(StringBuilder text, ReadOnlySpan<byte> data, Func<ushort, string?> setName)
    {
        Ports(text, " --sport ", data, (data[11] & 1) != 0);
        Ports(text, " --dport ", data[4..], (data[11] & 2) != 0);
        return data[8..11].IsZero() && (data[11] & ~3) == 0;
    }

    // struct xt_udp
    private static bool Udp(StringBuilder text, ReadOnlySpan<byte> data, Func<ushort, string?> setName)
    {
        Ports(text, " --sport ", data, (data[8] & 1) != 0);
        Ports(text, " --dport ", data[4..], (data[8] & 2) != 0);
        return (data[8] & ~3) == 0;
    }

    private static void Ports(StringBuilder text, string option, ReadOnlySpan<byte> data, bool isNegated)
    {
        (ushort from, ushort to) = (data.Short(0), data.Short(2));
        if (from != 0 || to != HighestPort || isNegated)
        {
            Negation(text, isNegated).Append(option).Append(Range(from, to));
        }
    }

    private static string Range(ushort from, ushort to) =>
        string.Create(CultureInfo.InvariantCulture, $"{from}{(to == from ? string.Empty : ":")}")
            + (to == from ? string.Empty : to.ToString(CultureInfo.InvariantCulture));

    // struct xt_multiport_v1: which ports, how many, the ports, which of them begin a range, whether it is negated.
    private static bool Multiport(StringBuilder text, ReadOnlySpan<byte> data, Func<ushort, string?> setName)
    {
        const int Most = 15, PortsAt = 2, RangesAt = 32, NegatedAt = 47;
        int count = data[1];
        if (data[0] > 2 || count is 0 or > Most)
        {
            return false;
        }

        Negation(text, data[NegatedAt] != 0)
            .Append(data[0] switch { 0 => " --sports ", 1 => " --dports ", _ => " --ports " });
        for (int i = 0; i < count; i++)
        {
            text.Append(i == 0 ? string.Empty : data[RangesAt + i - 1] != 0 ? ":" : ",")
                .Append(data.Short(PortsAt + (i * sizeof(ushort))));
        }

        return true;
    }

    // struct xt_conntrack_mtinfo3: four addresses with masks and what else can be asked stand before.
    private static bool Connection(StringBuilder text, ReadOnlySpan<byte> data, Func<ushort, string?> setName)
    {
        const int AskedAt = 146, NegatedAt = 148, StatesAt = 150, State = 1;
        ushort states = data.Short(StatesAt), known = 0;
        List<string> names = [];
        foreach ((int bit, string name) in s_states)
        {
            known |= (ushort)(1 << bit);
            if ((states & (1 << bit)) != 0)
            {
                names.Add(name);
            }
        }

        Negation(text, (data.Short(NegatedAt) & State) != 0).Append(" --ctstate ").AppendJoin(',', names);
        return data.Short(AskedAt) == State && (states & ~known) == 0 && names.Count > 0;
    }

    // struct xt_addrtype_info_v1
    private static bool AddressType(StringBuilder text, ReadOnlySpan<byte> data, Func<ushort, string?> setName)
    {
        const uint NegatedSource = 1, NegatedDestination = 2, ByIn = 4, ByOut = 8;
        uint flags = data.Number(4);
        Types(text, " --src-type ", data.Short(0), (flags & NegatedSource) != 0);
        Types(text, " --dst-type ", data.Short(2), (flags & NegatedDestination) != 0);
        text.Append((flags & ByIn) != 0 ? " --limit-iface-in" : string.Empty);
        text.Append((flags & ByOut) != 0 ? " --limit-iface-out" : string.Empty);
        return true;
    }

    private static void Types(StringBuilder text, string option, ushort types, bool isNegated)
    {
        if (types != 0)
        {
            Negation(text, isNegated).Append(option)
                .AppendJoin(',', s_addressTypes.Where((_, bit) => (types & (1 << bit)) != 0));
        }
    }

    // struct xt_set_info, and behind it what is asked of counters, which is nothing.
    private static bool Set(StringBuilder text, ReadOnlySpan<byte> data, Func<ushort, string?> setName)
    {
        const int Length = 4, Negated = 1, MostDimensions = 6;
        int dimensions = data[2], flags = data[3];
        if (dimensions is 0 or > MostDimensions || !data[Length..].IsZero() || setName(data.Short(0)) is not { } name)
        {
            return false;
        }

        Negation(text, (flags & Negated) != 0).Append(" --match-set ").Append(name).Append(' ')
            .AppendJoin(',', Enumerable.Range(1, dimensions).Select(i => (flags & (1 << i)) != 0 ? "src" : "dst"));
        return true;
    }

    // struct xt_statistic_info
    private static bool Statistic(StringBuilder text, ReadOnlySpan<byte> data, Func<ushort, string?> setName)
    {
        const int ValueAt = 4;
        const double Whole = 0x80000000;
        (ushort mode, bool isNegated) = (data.Short(0), data.Short(2) != 0);
        switch (mode)
        {
            case 0:
                Negation(text.Append(" --mode random"), isNegated).Append(CultureInfo.InvariantCulture,
                    $" --probability {data.Number(ValueAt) / Whole:F11}");
                return true;
            case 1:
                Negation(text.Append(" --mode nth"), isNegated).Append(CultureInfo.InvariantCulture,
                    $" --every {data.Number(ValueAt) + 1} --packet {data.Number(ValueAt + sizeof(uint))}");
                return true;
            default:
                return false;
        }
    }
}
