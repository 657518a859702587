using System.Buffers.Text;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Iptables;

/// <summary>Decodes into a rule's record what can be decoded without making anything.</summary>
internal static class RecordFacts
{
    private static readonly RuleTraits[] s_traits = ByOption(
        (OptionId.Counters, RuleTraits.Counters),
        (OptionId.Comment, RuleTraits.Comment),
        (OptionId.Protocol, RuleTraits.Protocol),
        (OptionId.Source, RuleTraits.Source),
        (OptionId.SourceRange, RuleTraits.Source),
        (OptionId.Destination, RuleTraits.Destination),
        (OptionId.DestinationRange, RuleTraits.Destination),
        (OptionId.InInterface, RuleTraits.InInterface),
        (OptionId.OutInterface, RuleTraits.OutInterface),
        (OptionId.Mark, RuleTraits.Mark | RuleTraits.MarkOrNat),
        (OptionId.MatchSet, RuleTraits.MatchSet),
        (OptionId.RandomFully, RuleTraits.RandomFully),
        (OptionId.Goto, RuleTraits.Goto),
        (OptionId.SetXmark, RuleTraits.MarkOperation | RuleTraits.MarkOrNat),
        (OptionId.SetMark, RuleTraits.MarkOperation | RuleTraits.MarkOrNat),
        (OptionId.AndMark, RuleTraits.MarkOperation | RuleTraits.MarkOrNat),
        (OptionId.OrMark, RuleTraits.MarkOperation | RuleTraits.MarkOrNat),
        (OptionId.XorMark, RuleTraits.MarkOperation | RuleTraits.MarkOrNat),
        (OptionId.SaveMark, RuleTraits.MarkOrNat),
        (OptionId.RestoreMark, RuleTraits.MarkOrNat),
        (OptionId.ToSource, RuleTraits.MarkOrNat),
        (OptionId.NoTrack, RuleTraits.MarkOrNat));

    public static void Fill(ref RuleRecord record, ReadOnlySpan<byte> line, ReadOnlySpan<OptionEntry> options)
    {
        (record.FirstPort, record.LastPort) = (0, ushort.MaxValue);
        foreach (OptionEntry option in options)
        {
            record.Traits |= s_traits[(byte)option.Id];
            switch (option.Id)
            {
                case OptionId.Destination when option.Flags == 0:
                    if (Ipv4Text.TryParse(Value(line, option), out uint address, out uint mask))
                    {
                        (record.Destination, record.DestinationMask) = (address & mask, mask);
                    }

                    break;
                case OptionId.Protocol when option.Flags == 0:
                    record.Protocol = TcpOrUdp(Value(line, option));
                    break;
                case OptionId.DestinationPort when option.Flags == 0:
                    ReadOnlySpan<byte> port = Value(line, option);
                    if (Utf8Parser.TryParse(port, out ushort number, out int used) && used == port.Length)
                    {
                        (record.FirstPort, record.LastPort) = (number, number);
                    }

                    break;
                case OptionId.Jump when Concerns(Value(line, option)):
                    record.Traits |= RuleTraits.MarkOrNat;
                    break;
            }
        }
    }

    private static RuleTraits[] ByOption(params (OptionId Option, RuleTraits Traits)[] rows)
    {
        var traits = new RuleTraits[byte.MaxValue + 1];
        foreach ((OptionId option, RuleTraits of) in rows)
        {
            traits[(byte)option] = of;
        }

        return traits;
    }

    private static byte TcpOrUdp(ReadOnlySpan<byte> protocol) =>
        protocol.SequenceEqual("tcp"u8) ? IpProtocol.Tcp
            : protocol.SequenceEqual("udp"u8) ? IpProtocol.Udp : (byte)0;

    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> line, OptionEntry option) =>
        option.End > option.Values ? line[(option.Values + 1)..option.End] : default;

    private static bool Concerns(ReadOnlySpan<byte> target) => target.Length switch
    {
        4 => target.SequenceEqual("SNAT"u8) || target.SequenceEqual("MARK"u8),
        6 => target.SequenceEqual("NETMAP"u8),
        7 => target.SequenceEqual("NOTRACK"u8),
        8 => target.SequenceEqual("CONNMARK"u8),
        10 => target.SequenceEqual("MASQUERADE"u8),
        _ => false,
    };
}
