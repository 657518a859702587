using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>Sees in frames what is remarked beside their checksums, as it is of printed packets.</summary>
internal sealed class PacketSigns
{
    // The checksum stands at 16 of a TCP header and its flags at 13; at 2 of an ICMP header and its type at 0.
    private const int FlagsBefore = 3, TypeBefore = 2;
    private const byte Syn = 2, Ack = 16, EchoReply = 0, EchoReply6 = 129;

    private readonly SynWaits<FlowKey> _waits = new();
    private PacketSign? _routed;
    private long _replies;

    /// <summary>What is to be said of them all.</summary>
    public IEnumerable<PacketSign> Signs =>
        _waits.Signs(_replies, static f => $"{End(f.Source, f.SourcePort)} > {End(f.Destination, f.DestinationPort)}")
            .Concat(_routed is null ? [] : [_routed]);

    public unsafe void Add(FrameVerdict verdict, in CapturedFrame frame)
    {
        ObservationFactory.Of(verdict, in frame, out Observation seen);
        if (seen.Tunnel != TunnelType.None && seen.IsRouted)
        {
            _routed ??= PacketSign.Routed(seen.OuterTtl);
        }

        int at = !seen.HasInner ? -1
            : (int)seen.Inner.Offset - (seen.Inner.Protocol == ChecksumProtocol.Tcp ? FlagsBefore : TypeBefore);
        if (at < 0 || at >= frame.CapturedLength)
        {
            return;
        }

        byte word = frame.Data[at];
        switch (seen.Inner.Protocol)
        {
            case ChecksumProtocol.Tcp when (word & (Syn | Ack)) == (Syn | Ack):
                _waits.Answer(seen.Flow.Reversed);
                break;
            case ChecksumProtocol.Tcp when (word & Syn) != 0:
                _waits.Syn(seen.Flow, TimeSpan.FromTicks(seen.TimestampNanoseconds / 100));
                break;
            case ChecksumProtocol.Icmp when word == EchoReply:
            case ChecksumProtocol.IcmpV6 when word == EchoReply6:
                _replies++;
                break;
        }
    }

    private static string End(HostId host, ushort port) =>
        new System.Net.IPEndPoint(host.ToIPAddress() ?? System.Net.IPAddress.Any, port).ToString();
}
