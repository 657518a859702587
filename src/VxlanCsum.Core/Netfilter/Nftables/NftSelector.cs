using System.Globalization;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>A field of the packet that nft compares: "meta mark &amp; 0x4000", "ip daddr", "th dport".</summary>
/// <param name="Kind">Which field.</param>
/// <param name="Text">As the rule spells it.</param>
internal sealed record NftSelector(NftField Kind, string Text)
{
    /// <summary>The bits that are compared, for marks.</summary>
    public uint Mask { get; init; } = uint.MaxValue;

    /// <summary>What naming the field implies: "tcp dport" is asked of TCP only, "ip daddr" of IPv4 only.</summary>
    public RuleCondition? Implied { get; init; }

    /// <summary>How many values it can have, from 0 on (numgen ... mod 3); 0 where that is not known.</summary>
    public uint Values { get; init; }

    public bool IsMark => Kind is NftField.Mark or NftField.ConnectionMark;

    /// <summary>The field compared with one value; what is implied is not part of it.</summary>
    public RuleCondition Equals(string value, bool negated)
    {
        switch (Kind)
        {
            case NftField.Mark or NftField.ConnectionMark when TryNumber(value, out uint number):
                return new MarkCondition(new MarkMatch(number, Mask, negated), Kind == NftField.ConnectionMark);
            case NftField.Mark or NftField.ConnectionMark when TryRange(value, out uint lowest, out uint highest):
                return new MarkRangeCondition(Mask, lowest, highest, negated, Kind == NftField.ConnectionMark);
            case NftField.SourceAddress or NftField.DestinationAddress
                when AddressSpan.TryParse(value, out AddressSpan span):
                return new AddressCondition(Kind == NftField.SourceAddress, [span], negated, value);
            case NftField.Protocol when IpProtocol.Parse(value) is { } protocol:
                return new ProtocolCondition([protocol], negated, value);
            case NftField.SourcePort or NftField.DestinationPort
                when PortRanges.TryParse(value, '-', out (ushort, ushort) range):
                return new PortCondition(Kind == NftField.SourcePort ? PortSide.Source : PortSide.Destination, [range],
                    negated);
            case NftField.InInterface or NftField.OutInterface:
                return new InterfaceCondition(Kind == NftField.OutInterface, [value], negated, value);
            case NftField.State or NftField.Status when NftBits.Bits(Kind == NftField.Status, [value]) is { } bits:
                return new ConnectionBitsCondition(Kind == NftField.Status,
                    new MarkMatch(bits, uint.MaxValue, negated));
            case NftField.Direction when value is "original" or "reply":
                return new DirectionCondition(value == "original", negated);
            case NftField.Family
                when NftNames.Family(value == "ipv4" ? "ip" : value == "ipv6" ? "ip6" : value) is { } family:
                return new FamilyCondition(family, negated);
            case NftField.SourceType or NftField.DestinationType:
                return new AddressTypeCondition(Kind == NftField.SourceType, [value], negated, isModule: false);
            default:
                return Values == 1 && value == "0" ? new ConstantCondition(Answers.Of(!negated), Text)
                    : ConstantCondition.CannotTell($"{Text} {value}");
        }
    }

    /// <summary>Larger and smaller, which only ports and marks are asked in practice.</summary>
    public RuleCondition Compare(string op, string value)
    {
        if (IsMark && TryNumber(value, out uint number))
        {
            (long from, long to) = op switch
            {
                "<" => (0L, number - 1L),
                "<=" => (0L, number),
                ">" => (number + 1L, uint.MaxValue),
                _ => (number, uint.MaxValue),
            };
            return from > to
                ? new ConstantCondition(Answer.No, $"{Text} {op} {value}")
                : new MarkRangeCondition(Mask, (uint)from, (uint)to, false, Kind == NftField.ConnectionMark);
        }

        if (Kind is NftField.SourcePort or NftField.DestinationPort
            && PortRanges.TryParse(value, '-', out (ushort First, ushort Last) port) && port.First == port.Last)
        {
            (int first, int last) = op switch
            {
                "<" => (0, port.First - 1),
                "<=" => (0, port.First),
                ">" => (port.First + 1, ushort.MaxValue),
                _ => ((int)port.First, ushort.MaxValue),
            };
            return first > last
                ? new ConstantCondition(Answer.No, $"{Text} {op} {value}")
                : new PortCondition(Kind == NftField.SourcePort ? PortSide.Source : PortSide.Destination,
                    [((ushort)first, (ushort)last)], false);
        }

        return ConstantCondition.CannotTell($"{Text} {op} {value}");
    }

    private static bool TryRange(string text, out uint first, out uint last)
    {
        (first, last) = (0, 0);
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && TryNumber(text.AsSpan(0, slash), out first)
            && TryNumber(text.AsSpan(slash + 1), out uint length) && length <= 32)
        {
            // So nft shows a range that a prefix describes.
            last = first | (length == 0 ? uint.MaxValue : (1u << (int)(32 - length)) - 1);
            return true;
        }

        int dash = text.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && TryNumber(text.AsSpan(0, dash), out first) && TryNumber(text.AsSpan(dash + 1), out last);
    }

    internal static bool TryNumber(ReadOnlySpan<char> text, out uint number) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? uint.TryParse(text[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out number)
            : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

/// <summary>The fields the walk knows.</summary>
internal enum NftField : byte
{
    Other,
    Mark,
    ConnectionMark,
    SourceAddress,
    DestinationAddress,
    Protocol,
    SourcePort,
    DestinationPort,
    InInterface,
    OutInterface,
    State,
    Status,
    Direction,
    Family,
    SourceType,
    DestinationType,
}
