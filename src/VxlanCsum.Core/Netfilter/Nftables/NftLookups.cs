using System.Collections.Frozen;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>The right side of a match: one value, several, a set, a set with a name, a verdict map.</summary>
internal static class NftLookups
{
    // Each sign, and the word that older versions take for it.
    private static readonly FrozenDictionary<string, string> s_operators = new Dictionary<string, string>
    {
        ["=="] = "==",
        ["!="] = "!=",
        ["<"] = "<",
        [">"] = ">",
        ["<="] = "<=",
        [">="] = ">=",
        ["eq"] = "==",
        ["ne"] = "!=",
        ["lt"] = "<",
        ["gt"] = ">",
        ["le"] = "<=",
        ["ge"] = ">=",
    }.ToFrozenDictionary();

    private static readonly string[] s_masking = ["&", "|", "^", "/", "("];

    public static IEnumerable<RuleCondition> Dependencies(List<NftSelector> fields) =>
        fields.Select(static f => f.Implied).OfType<RuleCondition>();

    /// <summary>Reads the comparison behind the fields.</summary>
    public static RuleCondition Match(List<NftToken> tokens, ref int at, List<NftSelector> fields,
        NetfilterTable table)
    {
        string op = "==";
        if (at < tokens.Count && !tokens[at].Quoted && s_operators.TryGetValue(tokens[at].Text, out string? sign))
        {
            op = sign;
            at++;
        }

        if (at >= tokens.Count)
        {
            return ConstantCondition.CannotTell(fields[0].Text);
        }

        if (tokens[at].Is("{"))
        {
            var elements = new List<(string[] Key, string? Data)>();
            NftElements.Read(tokens, ref at, elements);
            return In(fields, elements.Select(static e => e.Key), negated: op == "!=");
        }

        if (!tokens[at].Quoted && tokens[at].Text.StartsWith('@'))
        {
            return new NftSetCondition(table, tokens[at++].Text[1..], fields, negated: op == "!=");
        }

        return Compare(tokens, ref at, fields, op);
    }

    private static RuleCondition Compare(List<NftToken> tokens, ref int at, List<NftSelector> fields, string op)
    {
        List<string[]> values = Values(tokens, ref at, fields.Count);
        if (op is not ("==" or "!="))
        {
            return fields is [var one] ? one.Compare(op, values[0][0]) : ConstantCondition.CannotTell(op);
        }

        // Tests of flags that are combined with masks ("tcp flags & (fin | syn) == syn") cannot be told apart here.
        if (at < tokens.Count && Array.IndexOf(s_masking, tokens[at].Text) >= 0)
        {
            return ConstantCondition.CannotTell(fields[0].Text);
        }

        return fields is [var field] && values is [[var value]] ? field.Equals(value, op == "!=")
            : In(fields, values, op == "!=");
    }

    public static VerdictMapAction Map(List<NftToken> tokens, ref int at, List<NftSelector> fields,
        NetfilterTable table)
    {
        if (at < tokens.Count && tokens[at].Is("{"))
        {
            var elements = new List<(string[] Key, string? Data)>();
            NftElements.Read(tokens, ref at, elements);
            bool whole = fields is [{ Values: > 0 and var values }]
                && elements.DistinctBy(static e => e.Key[0]).Count() >= values;
            return new VerdictMapAction("vmap", () => Verdicts(fields, elements, table), whole);
        }

        string name = at < tokens.Count ? tokens[at++].Text : string.Empty;
        return new VerdictMapAction($"vmap {Text.SafeText.Escape(name)}", () =>
            table.Sets.TryGetValue(name.TrimStart('@'), out NftSet? set) ? Verdicts(fields, set.Elements, table)
                : null);
    }

    /// <summary>The fields are one of these tuples.</summary>
    public static RuleCondition In(List<NftSelector> fields, IEnumerable<string[]> tuples, bool negated) =>
        new AnyCondition([.. tuples.Select(t => Tuple(fields, t))], negated);

    private static RuleCondition Tuple(List<NftSelector> fields, string[] values)
    {
        if (values.Length != fields.Count)
        {
            return ConstantCondition.CannotTell(string.Join(" . ", values));
        }

        return values.Length == 1
            ? Field(fields[0], values[0])
            : new AllCondition([.. fields.Select((f, i) => Field(f, values[i]))]);
    }

    // "*" stands for whatever no other element has; as one more possibility that cannot be told it does no harm.
    private static RuleCondition Field(NftSelector field, string value) =>
        value == "*" ? ConstantCondition.CannotTell("*") : field.Equals(value, false);

    private static List<(RuleCondition Key, RuleAction Action)> Verdicts(
        List<NftSelector> fields, List<(string[] Key, string? Data)> elements, NetfilterTable table) =>
        [.. elements.Select(
            e => (Tuple(fields, e.Key), NftVerdicts.Parse(e.Data, table)
                ?? new UnknownAction(Text.SafeText.Escape(e.Data ?? "?"))))];

    /// <summary>"established,related", "10.0.0.1 . 53".</summary>
    private static List<string[]> Values(List<NftToken> tokens, ref int at, int width)
    {
        var values = new List<string[]>();
        do
        {
            var tuple = new List<string>();
            do
            {
                if (at < tokens.Count)
                {
                    tuple.Add(tokens[at++].Text);
                }
            }
            while (tuple.Count < width && at < tokens.Count && tokens[at].Is(".") && ++at > 0);
            values.Add([.. tuple]);
        }
        while (at < tokens.Count && tokens[at].Is(",") && ++at > 0);
        return values;
    }
}
