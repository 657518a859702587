using System.Buffers.Binary;
using System.Net;
using VxlanCsum.Node.Netlink;

namespace VxlanCsum.Node.Connections;

/// <summary>A flow of the connection table, as IPCTNL_MSG_CT_NEW tells it
/// (linux/netfilter/nfnetlink_conntrack.h).</summary>
internal readonly ref struct ConnectionMessage
{
    public const int HeaderLength = 4;

    /// <summary>CTA_...: the attributes of a flow.</summary>
    public const ushort TupleOriginal = 1, TupleReply = 2, Filter = 25;

    /// <summary>CTA_TUPLE_..., CTA_IP_..., CTA_PROTO_...</summary>
    public const ushort TupleAddresses = 1, TupleProtocol = 2, Address4Destination = 2, Address6Destination = 4,
        ProtocolNumber = 1, ProtocolDestinationPort = 3;

    private const int Status = 3, Timeout = 7, CountersOriginal = 9, Zone = 18, Timestamp = 20;
    private const int Address4Source = 1, Address6Source = 3, ProtocolSourcePort = 2;
    private const int CountedPackets = 1, CountedBytes = 2, TimestampStart = 1;
    private const byte InternetFamily6 = 10;

    private ConnectionMessage(NetfilterFamily family, ConnectionEnds original, ConnectionEnds reply,
        ReadOnlySpan<byte> attributes)
    {
        Family = family;
        Original = original;
        Reply = reply;
        Attributes = attributes;
    }

    public NetfilterFamily Family { get; }

    /// <summary>Of the first packet, before NAT.</summary>
    public ConnectionEnds Original { get; }

    /// <summary>Of the answer: the other way round, after NAT.</summary>
    public ConnectionEnds Reply { get; }

    private ReadOnlySpan<byte> Attributes { get; }

    public bool IsTranslated =>
        Original.SourcePort != Reply.DestinationPort || Original.DestinationPort != Reply.SourcePort
        || !Original.Source.SequenceEqual(Reply.Destination) || !Original.Destination.SequenceEqual(Reply.Source);

    /// <summary>False for a message that describes no flow with ports.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out ConnectionMessage message)
    {
        message = default;
        if (payload.Length < HeaderLength)
        {
            return false;
        }

        ConnectionEnds original = default, reply = default;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(payload[HeaderLength..]))
        {
            if (attribute.Type == TupleOriginal)
            {
                original = ConnectionEnds.Parse(attribute.Nested);
            }
            else if (attribute.Type == TupleReply)
            {
                reply = ConnectionEnds.Parse(attribute.Nested);
                break;
            }
        }

        NetfilterFamily family = payload[0] == InternetFamily6 ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4;
        message = new ConnectionMessage(family, original, reply, payload[HeaderLength..]);
        return original.IsWhole && reply.IsWhole;
    }

    /// <summary>
    /// A datagram was answered at most, and none came for long: IPS_ASSURED is not set. Then each packet gives it as
    /// long to live as any other such flow, and the tunnel's flow that carried it.
    /// </summary>
    public bool IsFresh
    {
        get
        {
            const uint Assured = 1 << 2;
            const uint Margin = 2;
            bool assured = true, lasting = false;
            foreach (NetlinkAttribute attribute in new NetlinkAttributes(Attributes))
            {
                if (attribute.Type == Status && attribute.Data.Length >= sizeof(uint))
                {
                    assured = (BinaryPrimitives.ReadUInt32BigEndian(attribute.Data) & Assured) != 0;
                }
                else if (attribute.Type == Timeout && attribute.Data.Length >= sizeof(uint))
                {
                    lasting = BinaryPrimitives.ReadUInt32BigEndian(attribute.Data) >= Margin;
                }
            }

            return !assured && lasting;
        }
    }

    /// <summary>The flow as an object of its own.</summary>
    /// <param name="now">UTC.</param>
    public VxlanNatBinding ToBinding(DateTime now)
    {
        long? packets = null, bytes = null;
        DateTime? since = null;
        int? expires = null;
        ushort zone = 0;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(Attributes))
        {
            switch (attribute.Type)
            {
                case Timeout when attribute.Data.Length >= sizeof(uint):
                    expires = (int)Math.Min(int.MaxValue, BinaryPrimitives.ReadUInt32BigEndian(attribute.Data));
                    break;
                case CountersOriginal:
                    (packets, bytes) = Counters(attribute.Nested);
                    break;
                case Zone:
                    zone = attribute.NetworkUInt16 ?? 0;
                    break;
                case Timestamp:
                    since = Start(attribute.Nested);
                    break;
            }
        }

        return new VxlanNatBinding
        {
            Family = Family,
            OldAddress = new IPAddress(Original.Source),
            OldPort = Original.SourcePort,
            NewAddress = new IPAddress(Reply.Destination),
            NewPort = Reply.DestinationPort,
            DestinationAddress = new IPAddress(Original.Destination),
            DestinationPort = Original.DestinationPort,
            NewDestinationAddress = new IPAddress(Reply.Source),
            NewDestinationPort = Reply.SourcePort,
            Since = since,
            Age = since is { } start ? now - start : null,
            Packets = packets,
            Bytes = bytes,
            ExpiresIn = expires,
            Zone = zone,
        };
    }

    private static (long? Packets, long? Bytes) Counters(NetlinkAttributes counters)
    {
        long? packets = null, bytes = null;
        foreach (NetlinkAttribute counter in counters)
        {
            if (counter.Type == CountedPackets)
            {
                packets = Int64(counter.Data);
            }
            else if (counter.Type == CountedBytes)
            {
                bytes = Int64(counter.Data);
            }
        }

        return (packets, bytes);
    }

    /// <summary>Nanoseconds since 1970.</summary>
    private static DateTime? Start(NetlinkAttributes times)
    {
        foreach (NetlinkAttribute time in times)
        {
            if (time.Type == TimestampStart && Int64(time.Data) is > 0 and { } nanoseconds)
            {
                return DateTime.UnixEpoch.AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
            }
        }

        return null;
    }

    private static long? Int64(ReadOnlySpan<byte> data) =>
        data.Length >= sizeof(long) ? BinaryPrimitives.ReadInt64BigEndian(data) : null;

    /// <summary>`struct nf_conntrack_tuple`: where packets of one direction come from and go to.</summary>
    internal readonly ref struct ConnectionEnds(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination,
        byte protocol, ushort sourcePort, ushort destinationPort)
    {
        public ReadOnlySpan<byte> Source { get; } = source;
        public ReadOnlySpan<byte> Destination { get; } = destination;
        public byte Protocol { get; } = protocol;
        public ushort SourcePort { get; } = sourcePort;
        public ushort DestinationPort { get; } = destinationPort;

        /// <summary>Both addresses are there, of one family.</summary>
        public bool IsWhole => Source.Length is 4 or 16 && Source.Length == Destination.Length;

        public static ConnectionEnds Parse(NetlinkAttributes attributes)
        {
            ReadOnlySpan<byte> source = default, destination = default;
            byte protocol = 0;
            ushort sourcePort = 0, destinationPort = 0;
            foreach (NetlinkAttribute attribute in attributes)
            {
                foreach (NetlinkAttribute part in attribute.Nested)
                {
                    switch (attribute.Type, part.Type)
                    {
                        case (TupleAddresses, Address4Source or Address6Source):
                            source = part.Data;
                            break;
                        case (TupleAddresses, Address4Destination or Address6Destination):
                            destination = part.Data;
                            break;
                        case (TupleProtocol, ProtocolNumber):
                            protocol = part.Byte.GetValueOrDefault();
                            break;
                        case (TupleProtocol, ProtocolSourcePort):
                            sourcePort = part.NetworkUInt16.GetValueOrDefault();
                            break;
                        case (TupleProtocol, ProtocolDestinationPort):
                            destinationPort = part.NetworkUInt16.GetValueOrDefault();
                            break;
                    }
                }
            }

            return new ConnectionEnds(source, destination, protocol, sourcePort, destinationPort);
        }
    }
}
