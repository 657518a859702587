using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace VxlanCsum.Netfilter;

/// <summary>Decodes into a rule's record what can be decoded without making anything.</summary>
internal static class RecordFacts
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(ref RuleRecord record, ReadOnlySpan<byte> line, ReadOnlySpan<OptionEntry> options)
    {
        (record.FirstPort, record.LastPort) = (0, ushort.MaxValue);
        foreach (OptionEntry option in options)
        {
            switch (option.Id)
            {
                case OptionId.Destination when option.Flags == 0:
                    Address(ref record, Value(line, option));
                    break;
                case OptionId.Protocol when option.Flags == 0:
                    ReadOnlySpan<byte> protocol = Value(line, option);
                    record.Protocol = protocol.SequenceEqual("tcp"u8) ? IpProtocol.Tcp : protocol.SequenceEqual("udp"u8) ? IpProtocol.Udp : (byte)0;
                    break;
                case OptionId.DestinationPort when option.Flags == 0:
                    ReadOnlySpan<byte> port = Value(line, option);
                    if (Utf8Parser.TryParse(port, out ushort number, out int used) && used == port.Length)
                    {
                        (record.FirstPort, record.LastPort) = (number, number);
                    }

                    break;
                case OptionId.Counters:
                    record.Traits |= RuleTraits.Counters;
                    break;
                case OptionId.Mark or (>= OptionId.SetXmark and <= OptionId.RestoreMark) or OptionId.ToSource or OptionId.NoTrack:
                    record.Traits |= RuleTraits.MarkOrNat;
                    break;
                case OptionId.Jump when Concerns(Value(line, option)):
                    record.Traits |= RuleTraits.MarkOrNat;
                    break;
            }
        }
    }

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

    /// <summary>"10.96.0.10/32", "10.244.0.0/16"; anything else is left to the conditions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Address(ref RuleRecord record, ReadOnlySpan<byte> text)
    {
        uint address = 0;
        int at = 0;
        for (int part = 0; part < 4; part++)
        {
            int value = 0, digits = 0;
            while (at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9' && digits < 3)
            {
                value = (value * 10) + text[at++] - '0';
                digits++;
            }

            if (digits == 0 || value > 255 || (part < 3 && (at >= text.Length || text[at++] != (byte)'.')))
            {
                return;
            }

            address = (address << 8) | (uint)value;
        }

        int length = 32;
        if (at < text.Length && (text[at] != (byte)'/' || !Utf8Parser.TryParse(text[(at + 1)..], out length, out int used)
            || at + 1 + used != text.Length || length is < 0 or > 32))
        {
            return;
        }

        record.DestinationMask = length == 0 ? 0 : uint.MaxValue << (32 - length);
        record.Destination = address & record.DestinationMask;
    }
}
