using System.Globalization;

namespace VxlanCsum.Netfilter.Rules;

/// <summary>The members of ipset's sets as conditions, made when a rule first asks.</summary>
internal sealed class SetMembers(IReadOnlyDictionary<string, AddressSet> sets)
{
    private readonly Dictionary<string, RuleCondition?> _made = new(StringComparer.Ordinal);

    public static SetMembers None { get; } = new(new Dictionary<string, AddressSet>());

    /// <summary>Is the packet in the set? Null where the set is not known or not of a kind that can be told from
    /// here.</summary>
    public RuleCondition? Find(string set, string[] directions)
    {
        string key = $"{set} {string.Join(',', directions)}";
        if (!_made.TryGetValue(key, out RuleCondition? condition))
        {
            _made[key] = null; // A list of sets may contain itself.
            condition = sets.TryGetValue(set, out AddressSet? found) ? Make(found, directions)
                : WellKnownSets.Find(set, directions);
            _made[key] = condition;
        }

        return condition;
    }

    private AnyCondition? Make(AddressSet set, string[] directions)
    {
        string[] fields = set.Type.Split(':', 2) is [_, { } dimensions] ? dimensions.Split(',') : [];
        if (set.Type == "list:set" && !set.IsTooLarge)
        {
            return new AnyCondition(
                [.. set.Members.Select(m => Find(m.Split(' ', 2)[0], directions) ?? ConstantCondition.CannotTell(m))]);
        }

        if (fields.Length == 0 || directions.Length < fields.Length || set.IsTooLarge)
        {
            return null;
        }

        var members = new List<RuleCondition>(set.Members.Count);
        var except = new List<RuleCondition>();
        foreach (string line in set.Members)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
            {
                continue;
            }

            (Array.IndexOf(words, "nomatch") > 0 ? except
                : members).Add(Member(fields, words[0].Split(','), directions));
        }

        return new AnyCondition([.. members], except: except.Count > 0 ? [.. except] : null);
    }

    private static RuleCondition Member(string[] fields, string[] values, string[] directions)
    {
        if (values.Length != fields.Length)
        {
            return ConstantCondition.CannotTell(string.Join(',', values));
        }

        var parts = new List<RuleCondition>(fields.Length + 1);
        for (int i = 0; i < fields.Length; i++)
        {
            bool source = directions[i] == "src";
            parts.AddRange(Field(fields[i], values[i], source));
        }

        // A member with one address on both sides is hairpin traffic.
        int last = fields.Length - 1;
        if (last == 2 && fields[0] == "ip" && fields[2] == "ip" && values[0] == values[2]
            && directions[0] != directions[2])
        {
            parts.Add(new SameAddressCondition());
        }

        return parts.Count == 1 ? parts[0] : new AllCondition([.. parts]);
    }

    private static List<RuleCondition> Field(string field, string value, bool source)
    {
        switch (field)
        {
            case "ip" or "net" when AddressSpan.TryParse(value, out AddressSpan span):
                return [new AddressCondition(source, [span], false, value)];
            case "port":
                return Port(value, source);
            case "iface" when !value.StartsWith("physdev:", StringComparison.Ordinal):
                return [new InterfaceCondition(!source, [value], false, value)];
            case "mark" when ParseNumber(value) is { } mark:
                return [new MarkCondition(new MarkMatch(mark, uint.MaxValue, false), false)];
            default:
                return [ConstantCondition.CannotTell(value)];
        }
    }

    /// <summary>"tcp:53", "udp:1000-2000", "53" (any protocol with ports: bitmap:port has none).</summary>
    private static List<RuleCondition> Port(string value, bool source)
    {
        var parts = new List<RuleCondition>(2);
        string[] named = value.Split(':', 2);
        if (named.Length == 2)
        {
            parts.Add(IpProtocol.Parse(named[0]) is { } protocol
                ? new ProtocolCondition([protocol], false, named[0])
                : ConstantCondition.CannotTell(named[0]));
        }

        parts.Add(PortRanges.TryParse(named[^1], '-', out (ushort, ushort) range)
            ? new PortCondition(source ? PortSide.Source : PortSide.Destination, [range], false)
            : ConstantCondition.CannotTell(value));
        return parts;
    }

    private static uint? ParseNumber(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal)
            ? uint.TryParse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint hex) ? hex
                : null
            : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;
}
