using System.Globalization;
using System.Text;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Iptables;

/// <summary>From one option of a match to what it asks.</summary>
internal static class OptionConditions
{
    /// <summary>What the option asks; null where its value cannot be read.</summary>
    private delegate RuleCondition? Reading(ReadOnlySpan<byte> line, OptionEntry option);

    private static readonly Reading?[] s_readings = Readings();

    /// <summary>Options that ask nothing.</summary>
    public static bool IsSilent(OptionId id) => id is OptionId.Comment or OptionId.Counters;

    /// <summary>What it asks; where that is not known here, a condition that cannot be told.</summary>
    public static RuleCondition Of(ReadOnlySpan<byte> line, OptionEntry option) =>
        s_readings[(int)option.Id]?.Invoke(line, option)
        ?? ConstantCondition.CannotTell(Encoding.UTF8.GetString(line[option.Name..option.End]));

    /// <summary>--mark of -m mark, or of -m connmark.</summary>
    public static RuleCondition Mark(ReadOnlySpan<byte> line, OptionEntry option, bool ofConnection) =>
        MarkNumbers.TryPair(IptablesCompiler.First(line, option), out uint value, out uint mask)
            ? new MarkCondition(new MarkMatch(value, mask, IsNegated(option)), ofConnection)
            : ConstantCondition.CannotTell(Encoding.UTF8.GetString(line[option.Name..option.End]));

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

    private static Reading?[] Readings()
    {
        var readings = new Reading?[Enum.GetValues<OptionId>().Length];
        foreach ((OptionId id, Reading reading) in ((OptionId, Reading)[])
        [
            (OptionId.Source, static (line, o) => Address(line, o, isSource: true)),
            (OptionId.Destination, static (line, o) => Address(line, o, isSource: false)),
            (OptionId.SourceRange, static (line, o) => Address(line, o, isSource: true)),
            (OptionId.DestinationRange, static (line, o) => Address(line, o, isSource: false)),
            (OptionId.InInterface, static (line, o) => Device(line, o, isOutput: false)),
            (OptionId.OutInterface, static (line, o) => Device(line, o, isOutput: true)),
            (OptionId.Protocol, Protocol),
            (OptionId.SourcePort, static (line, o) => Ports(line, o, PortSide.Source)),
            (OptionId.SourcePorts, static (line, o) => Ports(line, o, PortSide.Source)),
            (OptionId.DestinationPort, static (line, o) => Ports(line, o, PortSide.Destination)),
            (OptionId.DestinationPorts, static (line, o) => Ports(line, o, PortSide.Destination)),
            (OptionId.Ports, static (line, o) => Ports(line, o, PortSide.Either)),
            (OptionId.CtState, State),
            (OptionId.CtStatus, Status),
            (OptionId.CtDirection, Direction),
            (OptionId.CtProtocol, Protocol),
            (OptionId.CtOriginalSource, static (line, o) => Address(line, o, isSource: true)),
            (OptionId.CtOriginalDestination, static (line, o) => Address(line, o, isSource: false, original: true)),
            (OptionId.CtReplySource, static (line, o) => Address(line, o, isSource: false)),
            (OptionId.CtReplyDestination, static (line, o) => Address(line, o, isSource: true)),
            (OptionId.CtOriginalSourcePort, static (line, o) => Ports(line, o, PortSide.Source)),
            (OptionId.CtOriginalDestinationPort, static (line, o) => Ports(line, o, PortSide.OriginalDestination)),
            (OptionId.CtReplySourcePort, static (line, o) => Ports(line, o, PortSide.Destination)),
            (OptionId.CtReplyDestinationPort, static (line, o) => Ports(line, o, PortSide.Source)),
            (OptionId.MatchSet, Set),
            (OptionId.SourceType, static (line, o) => Type(line, o, isSource: true)),
            (OptionId.DestinationType, static (line, o) => Type(line, o, isSource: false)),
            (OptionId.Syn,
                static (_, o) => new TcpFlagsCondition(TcpFlags.Fin | TcpFlags.Syn | TcpFlags.Rst | TcpFlags.Ack,
                    TcpFlags.Syn, IsNegated(o))),
            (OptionId.TcpFlags, TcpBits),

            // A packet made here is in one piece where nat sees it, and conntrack puts others together before.
            (OptionId.Fragment, static (_, o) => new ConstantCondition(Answers.Of(IsNegated(o)), "-f")),
        ])
        {
            readings[(int)id] = reading;
        }

        return readings;
    }

    private static bool IsNegated(OptionEntry option) => (option.Flags & OptionFlags.Negated) != 0;

    private static AddressCondition? Address(ReadOnlySpan<byte> line, OptionEntry option, bool isSource,
        bool original = false)
    {
        string text = IptablesCompiler.Value(line, option);
        return Addresses(text) is { } spans
            ? new AddressCondition(isSource, spans, IsNegated(option), text) { Original = original } : null;
    }

    private static InterfaceCondition Device(ReadOnlySpan<byte> line, OptionEntry option, bool isOutput)
    {
        string name = IptablesCompiler.Value(line, option);
        return new InterfaceCondition(isOutput, [name.EndsWith('+') ? name[..^1] + "*" : name], IsNegated(option),
            name);
    }

    private static RuleCondition? Protocol(ReadOnlySpan<byte> line, OptionEntry option)
    {
        string name = IptablesCompiler.Value(line, option);
        return IpProtocol.Parse(name) switch
        {
            null => null,
            0 => new ConstantCondition(Answers.Of(!IsNegated(option)), "-p all"),
            { } protocol => new ProtocolCondition([protocol], IsNegated(option), name),
        };
    }

    private static PortCondition? Ports(ReadOnlySpan<byte> line, OptionEntry option, PortSide side)
    {
        string[] parts = IptablesCompiler.Value(line, option).Split(',');
        var ranges = new (ushort, ushort)[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!PortRanges.TryParse(parts[i], ':', out ranges[i]))
            {
                return null;
            }
        }

        return new PortCondition(side, ranges, IsNegated(option));
    }

    private static StateCondition? State(ReadOnlySpan<byte> line, OptionEntry option)
    {
        ConnectionStates all = ConnectionStates.None;
        foreach (string name in IptablesCompiler.Value(line, option).Split(','))
        {
            ConnectionStates one = name.Length > 0 ? ConnectionStateNames.Parse(name) : ConnectionStates.None;
            if (one == ConnectionStates.None)
            {
                return null;
            }

            all |= one;
        }

        return new StateCondition(all, IsNegated(option));
    }

    private static StatusCondition? Status(ReadOnlySpan<byte> line, OptionEntry option)
    {
        string[] names = IptablesCompiler.Value(line, option).Split(',');
        return Array.TrueForAll(names,
            static n => n.ToUpperInvariant() is "NONE" or "EXPECTED" or "SEEN_REPLY" or "ASSURED" or "CONFIRMED")
            ? new StatusCondition(IsNegated(option))
            : null;
    }

    private static DirectionCondition Direction(ReadOnlySpan<byte> line, OptionEntry option) =>
        new(IptablesCompiler.Value(line, option).Equals("ORIGINAL", StringComparison.OrdinalIgnoreCase),
            IsNegated(option));

    private static SetCondition? Set(ReadOnlySpan<byte> line, OptionEntry option)
    {
        var words = new RuleTokens(line, option);
        return words.Next(out ReadOnlySpan<byte> set) && words.Next(out ReadOnlySpan<byte> directions)
            ? new SetCondition(Encoding.UTF8.GetString(set), Encoding.UTF8.GetString(directions).Split(','),
                IsNegated(option))
            : null;
    }

    private static AddressTypeCondition Type(ReadOnlySpan<byte> line, OptionEntry option, bool isSource) =>
        new(isSource, IptablesCompiler.Value(line, option).Split(','), IsNegated(option), isModule: true);

    private static TcpFlagsCondition? TcpBits(ReadOnlySpan<byte> line, OptionEntry option)
    {
        var words = new RuleTokens(line, option);
        return words.Next(out ReadOnlySpan<byte> looked) && words.Next(out ReadOnlySpan<byte> wanted)
            && Flags(looked) is { } lookedAt && Flags(wanted) is { } wantedSet
            ? new TcpFlagsCondition(lookedAt, wantedSet, IsNegated(option))
            : null;
    }

    private static TcpFlags? Flags(ReadOnlySpan<byte> text)
    {
        TcpFlags all = TcpFlags.None;
        foreach (string name in Encoding.UTF8.GetString(text).Split(','))
        {
            if (Flag(name) is not { } flag)
            {
                return null;
            }

            all |= flag;
        }

        return all;
    }

    private static TcpFlags? Flag(string name) =>
        Enum.TryParse(name, ignoreCase: true, out TcpFlags flag) && Enum.IsDefined(flag) ? flag
        : name.StartsWith("0x", StringComparison.Ordinal)
            && byte.TryParse(name.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out byte bits)
            ? (TcpFlags)bits
        : null;
}
