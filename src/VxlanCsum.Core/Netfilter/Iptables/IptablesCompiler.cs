using System.Text;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Iptables;

/// <summary>From a rule's options to what they mean.</summary>
internal static class IptablesCompiler
{
    // Modules that ask nothing where they stand without options.
    private static readonly HashSet<string> s_silent = new(StringComparer.Ordinal)
    {
        "tcp", "udp", "udplite", "sctp", "dccp", "comment", "icmp", "icmp6", "mark", "connmark", "state", "conntrack",
        "multiport", "addrtype", "set", "iprange",
    };

    public static RuleProgram Compile(IptablesRule rule)
    {
        RuleView view = RuleView.Of(rule);
        var ops = new List<RuleOp>(4);
        bool isLegacy = rule.Owner.Table.Backend == NetfilterBackend.IptablesLegacy;
        Conditions(view.Line, view.Matching, ops, isLegacy);
        if (view.HasTarget)
        {
            // People write matches behind the target, too.
            Conditions(view.Line, view.MatchingBehind, ops, isLegacy);
            ops.Add(TargetCompiler.Compile(rule, view.Acting));
        }

        return ops.Count == 0 ? RuleProgram.Empty : new RuleProgram([.. ops]);
    }

    /// <summary>The walk can answer what these options ask.</summary>
    public static bool Understands(ReadOnlySpan<byte> line, ReadOnlySpan<OptionEntry> options)
    {
        var ops = new List<RuleOp>(4);
        Conditions(line, options, ops, isLegacy: true);
        return ops.TrueForAll(static o => ((RuleCondition)o).Understood);
    }

    /// <summary>An option of iptables itself, not of a module.</summary>
    public static bool IsOwn(OptionId id) => id is > OptionId.Unknown and <= OptionId.Goto;

    public static string Value(ReadOnlySpan<byte> line, OptionEntry option) =>
        Encoding.UTF8.GetString(First(line, option));

    private static void Conditions(ReadOnlySpan<byte> line, ReadOnlySpan<OptionEntry> options, List<RuleOp> ops,
        bool isLegacy)
    {
        for (int i = 0; i < options.Length;)
        {
            // A module's own options follow it up to the next option of iptables itself, and -m is one.
            int end = i + 1;
            while (options[i].Id == OptionId.Match && end < options.Length && !IsOwn(options[end].Id))
            {
                end++;
            }

            if (options[i].Id == OptionId.Match)
            {
                Module(line, options[i], options[(i + 1)..end], ops, isLegacy);
            }
            else
            {
                Add(line, options[i], ops);
            }

            i = end;
        }
    }

    private static void Module(
        ReadOnlySpan<byte> line, OptionEntry module, ReadOnlySpan<OptionEntry> options, List<RuleOp> ops, bool isLegacy)
    {
        ReadOnlySpan<byte> name = First(line, module);
        if (options.IsEmpty)
        {
            Bare(Encoding.UTF8.GetString(name), ops);
            return;
        }

        if (name.SequenceEqual("conntrack"u8))
        {
            ops.Add(Connection(line, options));
            return;
        }

        bool ofConnection = name.SequenceEqual("connmark"u8);
        int first = ops.Count;
        foreach (OptionEntry option in options)
        {
            if (option.Id == OptionId.Mark)
            {
                ops.Add(OptionConditions.Mark(line, option, ofConnection));
            }
            else
            {
                Add(line, option, ops);
            }
        }

        if (!isLegacy && ops.Count == first + 2)
        {
            JoinPorts(ops);
        }
    }

    private static void JoinPorts(List<RuleOp> ops)
    {
        if (ops is [.., PortCondition source, PortCondition destination]
            && BothPortsCondition.IsOf(source, destination))
        {
            ops.RemoveRange(ops.Count - 2, 2);
            ops.Add(new BothPortsCondition(source, destination));
        }
    }

    private static RuleCondition Connection(ReadOnlySpan<byte> line, ReadOnlySpan<OptionEntry> options)
    {
        RuleCondition? state = null;
        var others = new List<RuleCondition>(options.Length);
        foreach (OptionEntry option in options)
        {
            RuleCondition one = OptionConditions.Of(line, option);
            if (option.Id == OptionId.CtState)
            {
                state = one;
            }
            else
            {
                others.Add(one);
            }
        }

        return state is not null && others.Count == 0 ? state : new ConnectionCondition(state, [.. others]);
    }

    private static void Add(ReadOnlySpan<byte> line, OptionEntry option, List<RuleOp> ops)
    {
        if (option.Id == OptionId.LimitToOutDevice && ops is [.., AddressTypeCondition type])
        {
            ops[^1] = type.OnDevice;
        }
        else if (!OptionConditions.IsSilent(option.Id))
        {
            ops.Add(option.Id == OptionId.Mark ? OptionConditions.Mark(line, option, false)
                : OptionConditions.Of(line, option));
        }
    }

    /// <summary>The option's first value, without quotes and escapes; empty where it has none.</summary>
    public static ReadOnlySpan<byte> First(ReadOnlySpan<byte> line, OptionEntry option)
    {
        // Mostly there is one, behind one blank, plain or in quotes.
        if (option.End > option.Values + 1 && line[option.Values] == (byte)' ')
        {
            ReadOnlySpan<byte> value = line[(option.Values + 1)..option.End];
            if (!value.ContainsAnyInRange((byte)0, (byte)'"'))
            {
                return value;
            }

            if (value is [(byte)'"', _, .., (byte)'"'] && !value[1..^1].ContainsAny((byte)'"', (byte)'\\'))
            {
                return value[1..^1];
            }
        }

        var words = new RuleTokens(line, option);
        return words.Next(out ReadOnlySpan<byte> word) ? word : default;
    }

    /// <summary>What a module asks that is written without options.</summary>
    private static void Bare(string name, List<RuleOp> ops)
    {
        if (!s_silent.Contains(name))
        {
            ops.Add(ConstantCondition.CannotTell("-m " + name));
        }
    }
}
