using System.Globalization;
using System.Text;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Iptables;

/// <summary>From a rule's options to what they mean.</summary>
internal static class IptablesCompiler
{
    public static RuleProgram Compile(IptablesRule rule)
    {
        RuleView view = RuleView.Of(rule);
        var ops = new List<RuleOp>(4);
        Conditions(view.Line, view.Matching, ops);
        if (view.HasTarget)
        {
            // People write matches behind the target, too.
            Conditions(view.Line, view.MatchingBehind, ops);
            ops.Add(TargetCompiler.Compile(rule, view.Acting));
        }

        return ops.Count == 0 ? RuleProgram.Empty : new RuleProgram([.. ops]);
    }

    /// <summary>The walk can answer what these options ask.</summary>
    public static bool Understands(ReadOnlySpan<byte> line, ReadOnlySpan<OptionEntry> options)
    {
        var ops = new List<RuleOp>(4);
        Conditions(line, options, ops);
        return ops.TrueForAll(static o => ((RuleCondition)o).Understood);
    }

    /// <summary>An option of iptables itself, not of a module.</summary>
    public static bool IsOwn(OptionId id) => id is > OptionId.Unknown and <= OptionId.Goto;

    public static string Value(ReadOnlySpan<byte> line, OptionEntry option) => Encoding.UTF8.GetString(First(line, option));

    private static void Conditions(ReadOnlySpan<byte> line, ReadOnlySpan<OptionEntry> options, List<RuleOp> ops)
    {
        bool ofConnection = false;
        for (int i = 0; i < options.Length; i++)
        {
            OptionEntry option = options[i];
            if (option.Id != OptionId.Match)
            {
                Condition(line, option, ofConnection, ops);
                continue;
            }

            // A module's own options follow it up to the next -m.
            ofConnection = First(line, option).SequenceEqual("connmark"u8);
            bool bare = i + 1 == options.Length || IsOwn(options[i + 1].Id);
            if (bare && Bare(line, option) is { } condition)
            {
                ops.Add(condition);
            }
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

        var words = new RuleWords(line, option);
        return words.Next(out ReadOnlySpan<byte> word) ? word : default;
    }

    /// <summary>What a module asks that is written without options; null where that is nothing.</summary>
    private static ConstantCondition? Bare(ReadOnlySpan<byte> line, OptionEntry option) => Value(line, option) switch
    {
        "tcp" or "udp" or "udplite" or "sctp" or "dccp" or "comment" or "icmp" or "icmp6" or "mark" or "connmark"
            or "state" or "conntrack" or "multiport" or "addrtype" or "set" or "iprange" => null,
        { } name => ConstantCondition.CannotTell("-m " + name),
    };

    private static void Condition(ReadOnlySpan<byte> line, OptionEntry option, bool ofConnection, List<RuleOp> ops)
    {
        bool negated = (option.Flags & OptionFlags.Negated) != 0;
        switch (option.Id)
        {
            case OptionId.Comment or OptionId.Counters:
                return;
            case OptionId.Source or OptionId.Destination or OptionId.SourceRange or OptionId.DestinationRange:
                string address = Value(line, option);
                bool source = option.Id is OptionId.Source or OptionId.SourceRange;
                if (Addresses(address) is { } spans)
                {
                    ops.Add(new AddressCondition(source, spans, negated, address));
                    return;
                }

                break;
            case OptionId.InInterface or OptionId.OutInterface:
                string device = Value(line, option);
                ops.Add(new InterfaceCondition(
                    option.Id == OptionId.OutInterface, [device.EndsWith('+') ? device[..^1] + "*" : device], negated, device));
                return;
            case OptionId.Protocol:
                string name = Value(line, option);
                if (IpProtocol.Parse(name) is { } protocol)
                {
                    if (protocol != 0)
                    {
                        ops.Add(new ProtocolCondition([protocol], negated, name));
                    }
                    else if (negated)
                    {
                        ops.Add(new ConstantCondition(Answer.No, "! -p all"));
                    }

                    return;
                }

                break;
            case OptionId.SourcePort or OptionId.DestinationPort or OptionId.SourcePorts or OptionId.DestinationPorts or OptionId.Ports:
                if (Ports(Value(line, option)) is { } ranges)
                {
                    PortSide side = option.Id is OptionId.SourcePort or OptionId.SourcePorts ? PortSide.Source
                        : option.Id == OptionId.Ports ? PortSide.Either : PortSide.Destination;
                    ops.Add(new PortCondition(side, ranges, negated));
                    return;
                }

                break;
            case OptionId.Mark when MarkNumbers.TryPair(First(line, option), out uint value, out uint mask):
                ops.Add(new MarkCondition(new MarkMatch(value, mask, negated), ofConnection));
                return;
            case OptionId.CtState:
                if (States(Value(line, option)) is { } states)
                {
                    ops.Add(new StateCondition(states, negated));
                    return;
                }

                break;
            case OptionId.CtDirection:
                ops.Add(new DirectionCondition(Value(line, option).Equals("ORIGINAL", StringComparison.OrdinalIgnoreCase), negated));
                return;
            case OptionId.MatchSet:
                var words = new RuleWords(line, option);
                if (words.Next(out ReadOnlySpan<byte> set) && words.Next(out ReadOnlySpan<byte> directions))
                {
                    ops.Add(new SetCondition(Encoding.UTF8.GetString(set), Encoding.UTF8.GetString(directions).Split(','), negated));
                    return;
                }

                break;
            case OptionId.SourceType or OptionId.DestinationType:
                ops.Add(new AddressTypeCondition(option.Id == OptionId.SourceType, Value(line, option).Split(','), negated));
                return;
            case OptionId.LimitToOutDevice when ops.Count > 0 && ops[^1] is AddressTypeCondition type:
                ops[^1] = type.OnDevice;
                return;
            case OptionId.Syn:
                ops.Add(new TcpFlagsCondition(TcpFlags.Fin | TcpFlags.Syn | TcpFlags.Rst | TcpFlags.Ack, TcpFlags.Syn, negated));
                return;
            case OptionId.TcpFlags:
                var flags = new RuleWords(line, option);
                if (flags.Next(out ReadOnlySpan<byte> looked) && flags.Next(out ReadOnlySpan<byte> wanted)
                    && Flags(looked) is { } lookedAt && Flags(wanted) is { } wantedSet)
                {
                    ops.Add(new TcpFlagsCondition(lookedAt, wantedSet, negated));
                    return;
                }

                break;
            case OptionId.Fragment:
                // A locally made packet is not fragmented before POSTROUTING's nat; conntrack defragments others.
                ops.Add(new ConstantCondition(Answers.Of(negated), "-f"));
                return;
        }

        ops.Add(ConstantCondition.CannotTell(Encoding.UTF8.GetString(line[option.Name..option.End])));
    }

    /// <summary>Addresses, prefixes and ranges behind commas; null where one of them is none.</summary>
    public static AddressSpan[]? Addresses(string text)
    {
        string[] parts = text.Split(',');
        var spans = new AddressSpan[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!AddressSpan.TryParse(parts[i], out spans[i]))
            {
                return null;
            }
        }

        return spans;
    }

    private static (ushort, ushort)[]? Ports(string text)
    {
        string[] parts = text.Split(',');
        var ranges = new (ushort, ushort)[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!PortRanges.TryParse(parts[i], ':', out ranges[i]))
            {
                return null;
            }
        }

        return ranges;
    }

    private static ConnectionStates? States(string text)
    {
        ConnectionStates all = ConnectionStates.None;
        foreach (string name in text.Split(','))
        {
            ConnectionStates one = name.Length > 0 ? ConnectionStateNames.Parse(name) : ConnectionStates.None;
            if (one == ConnectionStates.None)
            {
                return null;
            }

            all |= one;
        }

        return all;
    }

    private static TcpFlags? Flags(ReadOnlySpan<byte> text)
    {
        TcpFlags all = TcpFlags.None;
        foreach (string name in Encoding.UTF8.GetString(text).Split(','))
        {
            if (!Enum.TryParse(name, ignoreCase: true, out TcpFlags flag) || !Enum.IsDefined(flag))
            {
                if (byte.TryParse(name.StartsWith("0x", StringComparison.Ordinal) ? name[2..] : string.Empty, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out byte bits))
                {
                    all |= (TcpFlags)bits;
                    continue;
                }

                return null;
            }

            all |= flag;
        }

        return all;
    }
}
