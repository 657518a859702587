using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace VxlanCsum.Marks;

/// <summary>The headers of a packet as nf_tables' trace gives them: up to 40 bytes of the network's, 20 of the
/// transport's.</summary>
internal static class PacketHeaders
{
    private const int IPv4Length = 20, IPv6Length = 40;

    /// <summary>Addresses, protocol, ports and length; null where the network header is neither IPv4 nor
    /// IPv6.</summary>
    public static MarkedPacket? Parse(ReadOnlySpan<byte> network, ReadOnlySpan<byte> transport)
    {
        if (network.Length >= IPv4Length && network[0] >> 4 == 4)
        {
            return Ports(new MarkedPacket
            {
                Source = new IPAddress(network[12..16]),
                Destination = new IPAddress(network[16..20]),
                Length = BinaryPrimitives.ReadUInt16BigEndian(network[2..]),
            }, network[9], transport);
        }

        return network.Length >= IPv6Length && network[0] >> 4 == 6
            ? Ports(new MarkedPacket
            {
                Source = new IPAddress(network[8..24]),
                Destination = new IPAddress(network[24..40]),
                Length = BinaryPrimitives.ReadUInt16BigEndian(network[4..]) + IPv6Length,
            }, network[6], transport)
            : null;
    }

    private static MarkedPacket Ports(MarkedPacket packet, byte protocol, ReadOnlySpan<byte> transport) =>
        protocol is 6 or 17 or 132 && transport.Length >= 4
            ? packet with
            {
                Protocol = Name(protocol),
                SourcePort = BinaryPrimitives.ReadUInt16BigEndian(transport),
                DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(transport[2..]),
            }
            : packet with { Protocol = Name(protocol) };

    private static string Name(byte protocol) => protocol switch
    {
        1 => "ICMP",
        6 => "TCP",
        17 => "UDP",
        58 => "ICMPv6",
        132 => "SCTP",
        _ => protocol.ToString(CultureInfo.InvariantCulture),
    };
}
