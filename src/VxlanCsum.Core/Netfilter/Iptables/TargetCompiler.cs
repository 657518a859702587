using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Iptables;

/// <summary>From -j and the options behind it to what they do.</summary>
internal static class TargetCompiler
{
    // XT_CONTINUE without touching the mark, the connection's tracking or the addresses.
    private static readonly HashSet<string> s_passing = new(StringComparer.Ordinal)
    {
        "LOG", "NFLOG", "ULOG", "TRACE", "AUDIT", "TCPMSS", "TCPOPTSTRIP", "CHECKSUM", "DSCP", "TOS", "ECN", "TTL",
        "HL", "CLASSIFY",
        "SET", "RATEEST", "IDLETIMER", "LED", "SECMARK", "CONNSECMARK", "TEE",
    };

    /// <summary>A target that lets the packet go on as it is.</summary>
    public static bool IsPassing(string name) => s_passing.Contains(name);

    public static RuleAction Compile(IptablesRule rule, ReadOnlySpan<OptionEntry> options)
    {
        ReadOnlySpan<byte> line = RuleView.Of(rule).Line, target = IptablesCompiler.First(line, options[0]);
        string name = SharedText.Of(target);
        NetfilterChain? chain = rule.Owner.Table.Find(target);
        ReadOnlySpan<OptionEntry> rest = options[1..];
        if (options[0].Id == OptionId.Goto || chain is not null)
        {
            return new JumpAction(name, chain, options[0].Id == OptionId.Goto);
        }

        return name switch
        {
            "ACCEPT" => new VerdictAction(Verdict.Accept, name),
            "DROP" or "REJECT" or "TARPIT" => new VerdictAction(Verdict.Drop, name),
            "RETURN" => new VerdictAction(Verdict.Return, name),
            "MARK" => Mark(line, rest, ofConnection: false),
            "CONNMARK" => Mark(line, rest, ofConnection: true),
            "MASQUERADE" => Nat(line, rest, NatKind.Masquerade),
            "SNAT" or "SAME" => Nat(line, rest, NatKind.Source),
            "DNAT" => Nat(line, rest, NatKind.Destination),
            "REDIRECT" => Nat(line, rest, NatKind.Redirect),
            "NETMAP" => Nat(line, rest, NatKind.Netmap),
            "NOTRACK" => new TrackingAction(name, follows: false),
            "HMARK" => new ForgetMarkAction(ofConnection: false),
            "SET" when Has(rest, OptionId.MapMark) => new ForgetMarkAction(ofConnection: false),
            "CT" => new TrackingAction(name, follows: !Has(rest, OptionId.NoTrack)),
            _ when IsPassing(name) => new PassAction(name),
            _ when IsExtension(name) => new UnknownAction(name),
            _ => new JumpAction(name, null, isGoto: false),
        };
    }

    // Extensions are named in capitals and digits; a chain that is missing is told from one by its dash or small
    // letters.
    private static bool IsExtension(string name) =>
        name.All(static c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c));

    private static RuleAction Mark(ReadOnlySpan<byte> line, ReadOnlySpan<OptionEntry> options, bool ofConnection)
    {
        uint to = uint.MaxValue, from = uint.MaxValue;
        bool save = false, restore = false;
        foreach (OptionEntry option in options)
        {
            var words = new RuleWords(line, option);
            words.Next(out ReadOnlySpan<byte> word);
            bool pair = MarkNumbers.TryPair(word, out uint value, out uint mask);
            switch (option.Id)
            {
                case OptionId.SetXmark when pair:
                    return new MarkAction(new MarkOperation(mask, value), ofConnection);
                case OptionId.SetMark when pair:
                    return new MarkAction(new MarkOperation(mask | value, value), ofConnection);
                case OptionId.AndMark when pair:
                    return new MarkAction(new MarkOperation(~value, 0), ofConnection);
                case OptionId.OrMark when pair:
                    return new MarkAction(new MarkOperation(value, value), ofConnection);
                case OptionId.XorMark when pair:
                    return new MarkAction(new MarkOperation(0, value), ofConnection);
                case OptionId.SaveMark:
                    save = true;
                    break;
                case OptionId.RestoreMark:
                    restore = true;
                    break;
                case OptionId.NfMask when pair:
                    from = value;
                    break;
                case OptionId.CtMask when pair:
                    to = value;
                    break;
                case OptionId.Mask when pair:
                    (from, to) = (value, value);
                    break;
            }
        }

        // --nfmask always speaks of the packet's mark, --ctmask of the connection's.
        return save ? new ConnectionMarkAction(restore: false, to, from)
            : restore ? new ConnectionMarkAction(restore: true, from, to)
            : new ForgetMarkAction(ofConnection);
    }

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
