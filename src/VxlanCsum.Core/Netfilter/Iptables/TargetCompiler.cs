using System.Collections.Frozen;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Iptables;

/// <summary>From -j and the options behind it to what they do.</summary>
internal static class TargetCompiler
{
    private static readonly FrozenDictionary<string, Maker> s_makers = new Dictionary<string, Maker>
    {
        ["ACCEPT"] = static (name, _, _) => new VerdictAction(Verdict.Accept, name),
        ["DROP"] = static (name, _, _) => new VerdictAction(Verdict.Drop, name),
        ["REJECT"] = static (name, _, _) => new VerdictAction(Verdict.Drop, name),
        ["TARPIT"] = static (name, _, _) => new VerdictAction(Verdict.Drop, name),
        ["RETURN"] = static (name, _, _) => new VerdictAction(Verdict.Return, name),
        ["MARK"] = static (_, line, options) => Mark(line, options, ofConnection: false),
        ["CONNMARK"] = static (_, line, options) => Mark(line, options, ofConnection: true),
        ["MASQUERADE"] = static (_, line, options) => Nat(line, options, NatKind.Masquerade),
        ["SNAT"] = static (_, line, options) => Nat(line, options, NatKind.Source),
        ["SAME"] = static (_, line, options) => Nat(line, options, NatKind.Source),
        ["DNAT"] = static (_, line, options) => Nat(line, options, NatKind.Destination),
        ["REDIRECT"] = static (_, line, options) => Nat(line, options, NatKind.Redirect),
        ["NETMAP"] = static (_, line, options) => Nat(line, options, NatKind.Netmap),
        ["NOTRACK"] = static (name, _, _) => new TrackingAction(name, follows: false),
        ["CT"] = static (name, _, options) => new TrackingAction(name, follows: !Has(options, OptionId.NoTrack)),
        ["HMARK"] = static (_, _, _) => new ForgetMarkAction(ofConnection: false),
        ["SET"] = static (name, _, options) => Has(options, OptionId.MapMark)
            ? new ForgetMarkAction(ofConnection: false) : new PassAction(name),
    }.ToFrozenDictionary();

    // XT_CONTINUE without touching the mark, the connection's tracking or the addresses.
    private static readonly HashSet<string> s_passing = new(StringComparer.Ordinal)
    {
        "LOG", "NFLOG", "ULOG", "TRACE", "AUDIT", "TCPMSS", "TCPOPTSTRIP", "CHECKSUM", "DSCP", "TOS", "ECN", "TTL",
        "HL", "CLASSIFY",
        "SET", "RATEEST", "IDLETIMER", "LED", "SECMARK", "CONNSECMARK", "TEE",
    };

    private delegate RuleAction Maker(string name, ReadOnlySpan<byte> line, ReadOnlySpan<OptionEntry> options);

    /// <summary>A target that lets the packet go on as it is.</summary>
    public static bool IsPassing(string name) => s_passing.Contains(name);

    public static RuleAction Compile(IptablesRule rule, ReadOnlySpan<OptionEntry> options)
    {
        ReadOnlySpan<byte> line = RuleView.Of(rule).Line, target = IptablesCompiler.First(line, options[0]);
        string name = SharedText.Of(target);
        NetfilterChain? chain = rule.Owner.Table.Find(target);
        if (options[0].Id == OptionId.Goto || chain is not null)
        {
            return new JumpAction(name, chain, options[0].Id == OptionId.Goto);
        }

        return s_makers.TryGetValue(name, out Maker? make) ? make(name, line, options[1..])
            : IsPassing(name) ? new PassAction(name)
            : IsExtension(name) ? new UnknownAction(name)
            : new JumpAction(name, null, isGoto: false);
    }

    // Extensions are named in capitals and digits; a chain that is missing is told from one by its dash or small
    // letters.
    private static bool IsExtension(string name) =>
        name.All(static c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c));

    private static RuleAction Mark(ReadOnlySpan<byte> line, ReadOnlySpan<OptionEntry> options, bool ofConnection)
    {
        uint to = uint.MaxValue, from = uint.MaxValue;
        foreach (OptionEntry option in options)
        {
            var words = new RuleTokens(line, option);
            words.Next(out ReadOnlySpan<byte> word);
            if (!MarkNumbers.TryPair(word, out uint value, out uint mask))
            {
                continue;
            }

            if (Operation(option.Id, value, mask) is { } operation)
            {
                return new MarkAction(operation, ofConnection);
            }

            // --nfmask always speaks of the packet's mark, --ctmask of the connection's.
            from = option.Id is OptionId.NfMask or OptionId.Mask ? value : from;
            to = option.Id is OptionId.CtMask or OptionId.Mask ? value : to;
        }

        return Has(options, OptionId.SaveMark) ? new ConnectionMarkAction(restore: false, to, from)
            : Has(options, OptionId.RestoreMark) ? new ConnectionMarkAction(restore: true, from, to)
            : new ForgetMarkAction(ofConnection);
    }

    private static MarkOperation? Operation(OptionId option, uint value, uint mask) => option switch
    {
        OptionId.SetXmark => new MarkOperation(mask, value),
        OptionId.SetMark => new MarkOperation(mask | value, value),
        OptionId.AndMark => new MarkOperation(~value, 0),
        OptionId.OrMark => new MarkOperation(value, value),
        OptionId.XorMark => new MarkOperation(0, value),
        _ => null,
    };

    private static NatAction Nat(ReadOnlySpan<byte> line, ReadOnlySpan<OptionEntry> options, NatKind kind)
    {
        AddressSpan? addresses = null;
        (ushort, ushort)? ports = null;
        bool random = false, fully = false, portsAlone = false;
        foreach (OptionEntry option in options)
        {
            switch (option.Id)
            {
                case OptionId.ToSource or OptionId.ToDestination or OptionId.To:
                    string range = IptablesCompiler.Value(line, option);
                    NatRanges.Parse(range, out addresses, out ports);
                    portsAlone = NatRanges.IsPortsAlone(range);
                    break;
                case OptionId.ToPorts
                    when PortRanges.TryParse(IptablesCompiler.Value(line, option), '-', out (ushort, ushort) given):
                    ports = given;
                    break;
                case OptionId.Random:
                    random = true;
                    break;
                case OptionId.RandomFully:
                    fully = true;
                    break;
            }
        }

        return new NatAction(kind)
        {
            Addresses = addresses,
            KeepsAddress = portsAlone,
            Ports = ports,
            Random = random,
            RandomFully = fully
        };
    }

    private static bool Has(ReadOnlySpan<OptionEntry> options, OptionId id)
    {
        foreach (OptionEntry option in options)
        {
            if (option.Id == id)
            {
                return true;
            }
        }

        return false;
    }
}
