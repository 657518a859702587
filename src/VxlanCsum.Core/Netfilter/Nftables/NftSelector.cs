using System.Collections.Frozen;
using System.Globalization;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>A field of the packet that nft compares: "meta mark &amp; 0x4000", "ip daddr", "th dport".</summary>
/// <param name="Kind">Which field.</param>
/// <param name="Text">As the rule spells it.</param>
internal sealed record NftSelector(NftField Kind, string Text)
{
    // How each field is compared with one value; null stands for a value that means nothing to it.
    private static readonly FrozenDictionary<NftField, Comparer> s_comparers = new Dictionary<NftField, Comparer>
    {
        [NftField.Mark] = static (f, value, negated) => f.EqualsMark(value, negated),
        [NftField.ConnectionMark] = static (f, value, negated) => f.EqualsMark(value, negated),
        [NftField.SourceAddress] = static (f, value, negated) => f.EqualsAddress(value, negated),
        [NftField.DestinationAddress] = static (f, value, negated) => f.EqualsAddress(value, negated),
        [NftField.Protocol] = static (_, value, negated) => IpProtocol.Parse(value) is { } protocol
            ? new ProtocolCondition([protocol], negated, value) : null,
        [NftField.SourcePort] = static (f, value, negated) => f.EqualsPort(value, negated),
        [NftField.DestinationPort] = static (f, value, negated) => f.EqualsPort(value, negated),
        [NftField.InInterface] = static (_, value, negated) => new InterfaceCondition(false, [value], negated, value),
        [NftField.OutInterface] = static (_, value, negated) => new InterfaceCondition(true, [value], negated, value),
        [NftField.State] = static (f, value, negated) => f.EqualsBits(value, negated),
        [NftField.Status] = static (f, value, negated) => f.EqualsBits(value, negated),
        [NftField.Direction] = static (_, value, negated) => value is "original" or "reply"
            ? new DirectionCondition(value == "original", negated) : null,
        [NftField.Family] = static (_, value, negated) => EqualsFamily(value, negated),
        [NftField.SourceType] = static (_, value, negated) =>
            new AddressTypeCondition(isSource: true, [value], negated, isModule: false),
        [NftField.DestinationType] = static (_, value, negated) =>
            new AddressTypeCondition(isSource: false, [value], negated, isModule: false),
    }.ToFrozenDictionary();

    private delegate RuleCondition? Comparer(NftSelector field, string value, bool negated);

    /// <summary>The bits that are compared, for marks.</summary>
    public uint Mask { get; init; } = uint.MaxValue;

    /// <summary>What naming the field implies: "tcp dport" is asked of TCP only, "ip daddr" of IPv4 only.</summary>
    public RuleCondition? Implied { get; init; }

    /// <summary>How many values it can have, from 0 on (numgen ... mod 3); 0 where that is not known.</summary>
    public uint Values { get; init; }

    public bool IsMark => Kind is NftField.Mark or NftField.ConnectionMark;

    /// <summary>The field compared with one value; what is implied is not part of it.</summary>
    public RuleCondition Equals(string value, bool negated) =>
        s_comparers.TryGetValue(Kind, out Comparer? compare) && compare(this, value, negated) is { } known ? known
            : Values == 1 && value == "0" ? new ConstantCondition(Answers.Of(!negated), Text)
            : ConstantCondition.CannotTell($"{Text} {value}");

    private RuleCondition? EqualsMark(string value, bool negated)
    {
        bool ofConnection = Kind == NftField.ConnectionMark;
        return TryNumber(value, out uint number)
            ? new MarkCondition(new MarkMatch(number, Mask, negated), ofConnection)
            : TryRange(value, out uint lowest, out uint highest)
                ? new MarkRangeCondition(Mask, lowest, highest, negated, ofConnection) : null;
    }

    private AddressCondition? EqualsAddress(string value, bool negated) =>
        AddressSpan.TryParse(value, out AddressSpan span)
            ? new AddressCondition(Kind == NftField.SourceAddress, [span], negated, value) : null;

    private PortCondition? EqualsPort(string value, bool negated) =>
        PortRanges.TryParse(value, '-', out (ushort, ushort) range)
            ? new PortCondition(Kind == NftField.SourcePort ? PortSide.Source : PortSide.Destination, [range], negated)
            : null;

    private ConnectionBitsCondition? EqualsBits(string value, bool negated) =>
        NftBits.Bits(Kind == NftField.Status, [value]) is { } bits
            ? new ConnectionBitsCondition(Kind == NftField.Status, new MarkMatch(bits, uint.MaxValue, negated)) : null;

    private static FamilyCondition? EqualsFamily(string value, bool negated) =>
        NftNames.Family(value switch { "ipv4" => "ip", "ipv6" => "ip6", _ => value }) is { } family
            ? new FamilyCondition(family, negated) : null;

    /// <summary>Larger and smaller, which only ports and marks are asked in practice.</summary>
    public RuleCondition Compare(string op, string value)
    {
        if (IsMark && TryNumber(value, out uint number))
        {
            (long from, long to) = Bounds(op, number, uint.MaxValue);
            return from > to
                ? new ConstantCondition(Answer.No, $"{Text} {op} {value}")
                : new MarkRangeCondition(Mask, (uint)from, (uint)to, false, Kind == NftField.ConnectionMark);
        }

        if (Kind is NftField.SourcePort or NftField.DestinationPort
            && PortRanges.TryParse(value, '-', out (ushort First, ushort Last) port) && port.First == port.Last)
        {
            (long first, long last) = Bounds(op, port.First, ushort.MaxValue);
            return first > last
                ? new ConstantCondition(Answer.No, $"{Text} {op} {value}")
                : new PortCondition(Kind == NftField.SourcePort ? PortSide.Source : PortSide.Destination,
                    [((ushort)first, (ushort)last)], false);
        }

        return ConstantCondition.CannotTell($"{Text} {op} {value}");
    }

    /// <summary>The values that are smaller or larger; the first larger than the last where none is.</summary>
    private static (long First, long Last) Bounds(string op, long value, long most) => op switch
    {
        "<" => (0, value - 1),
        "<=" => (0, value),
        ">" => (value + 1, most),
        _ => (value, most),
    };

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
