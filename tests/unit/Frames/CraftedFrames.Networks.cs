using VxlanCsum.Captures.Files;

using static VxlanCsum.UnitTests.Frames.Craft;

namespace VxlanCsum.UnitTests.Frames;

internal static partial class CraftedFrames
{
    private const int MoreFragments = 0x2000;

    private static byte[] LooseRoute(int pointer) =>
        [0x83, 11, (byte)pointer, .. Address("10.9.9.1"), .. Address(Route.V4.Destination), 0];

    /// <summary>Routing header with two addresses, the second of them final.</summary>
    private static byte[] Routing(int type, int left, int next = 6) =>
        [(byte)next, 4, (byte)type, (byte)left, 0, 0, 0, 0, .. Address("fd09::1"), .. Address(Route.V6.Destination)];

    /// <summary>Segment routing: the final address stands first.</summary>
    private static byte[] Segments(int left, int next = 6) =>
        [(byte)next, 4, 4, (byte)left, 1, 0, 0, 0, .. Address(Route.V6.Destination), .. Address("fd09::1")];

    private static byte[] Pad(int type, int next) => [(byte)next, 0, 1, 4, 0, 0, 0, (byte)type];

    private static byte[] Home(int next = 6) => [(byte)next, 2, 1, 2, 0, 0, 0xc9, 16, .. Address(Route.V6.Source)];

    private static byte[] Fragment6(int field, int next = 6) => [(byte)next, 0, .. Word(field), 0, 0, 0, 7];

    private static byte[] Authentication(int next) => [(byte)next, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, .. new byte[12]];

    private static Packet Tcp4 => Tcp(Route.V4, 50);
    private static Packet Tcp6 => Tcp(Route.V6, 50);

    private static IEnumerable<CraftedFrame> Networks =>
    [
        Eth4("IPv4, wrong header checksum", IPv4(Route.V4, 6, Tcp4, fill: Fill.Wrong), "IPv4 Bad, Tcp Good"),
        Eth4("IPv4, header checksum left to the device", IPv4(Route.V4, 6, Tcp4, fill: Fill.Zero),
            "IPv4 Bad, Tcp Good"),
        Eth4("IPv4, options", IPv4(Route.V4, 6, Tcp4, options: [0x94, 4, 0, 0, 1, 1, 1, 0]), GoodTcp),
        Eth4("IPv4, source route under way", IPv4(Route.V4, 6, Tcp4, options: LooseRoute(4), hop: "10.9.9.0"), GoodTcp),
        Eth4("IPv4, source route behind other options",
            IPv4(Route.V4, 6, Tcp4, options: [1, 0x94, 4, 0, 0, 1, 1, 1, .. LooseRoute(8)], hop: "10.9.9.1"), GoodTcp),
        Eth4("IPv4, source route travelled", IPv4(Route.V4, 6, Tcp4, options: LooseRoute(12)), GoodTcp),
        Eth4("IPv4, first fragment",
            IPv4(Route.V4, 17, Udp(Route.V4, new Packet(Payload(64)), length: 1000), fragment: MoreFragments),
            "IPv4 Good, Udp Unverified"),
        Eth4("IPv4, later fragment", IPv4(Route.V4, 17, new Packet(Payload(64)), fragment: 9),
            "IPv4 Good, Udp Unverified"),
        Eth4("IPv4, total length beyond the frame", IPv4(Route.V4, 6, Tcp4, length: 700), "IPv4 Good, Tcp Unverified"),
        Eth4("IPv4, AH", IPv4(Route.V4, 51, Tcp4.Behind(Authentication(6))), GoodTcp),
        Eth6("IPv6, hop-by-hop", IPv6(Route.V6, 0, Tcp6.Behind(Pad(0, 6))), GoodTcp6),
        Eth6("IPv6, every extension header",
            IPv6(Route.V6, 0,
                Tcp6.Behind([.. Pad(0, 60), .. Pad(60, 43), .. Routing(0, 0, 60), .. Pad(60, 51),
                    .. Authentication(6)])), GoodTcp6),
        Eth6("IPv6, routing type 0 under way", IPv6(Route.V6, 43, Tcp6.Behind(Routing(0, 1)), hop: "fd09::9"),
            GoodTcp6),
        Eth6("IPv6, routing type 0 travelled", IPv6(Route.V6, 43, Tcp6.Behind(Routing(0, 0))), GoodTcp6),
        Eth6("IPv6, routing type 2",
            IPv6(Route.V6, 43, Tcp6.Behind([6, 2, 2, 1, 0, 0, 0, 0, .. Address(Route.V6.Destination)]), hop: "fd0c::1"),
            GoodTcp6),
        Eth6("IPv6, routing type 3 (RPL)",
            IPv6(Route.V6, 43, Tcp6.Behind([6, 1, 3, 1, 0xee, 0x40, 0, 0, 0, 0x31, 0, 0x10, 0, 0, 0, 0]),
                hop: "fd00::99"), GoodTcp6),
        Eth6("IPv6, segment routing under way", IPv6(Route.V6, 43, Tcp6.Behind(Segments(1)), hop: "fd09::1"), GoodTcp6),
        Eth6("IPv6, segment routing travelled", IPv6(Route.V6, 43, Tcp6.Behind(Segments(0))), GoodTcp6),
        Eth6("IPv6, home address", IPv6(Route.V6, 60, Tcp6.Behind(Home()), from: "fd0c::5"), GoodTcp6),
        Eth6("IPv6, home address and routing",
            IPv6(Route.V6, 43, Tcp6.Behind([.. Routing(0, 1, 60), .. Home()]), hop: "fd09::9", from: "fd0c::5"),
            GoodTcp6),
        Eth6("IPv6, whole in a fragment header", IPv6(Route.V6, 44, Tcp6.Behind(Fragment6(0))), GoodTcp6),
        Eth6("IPv6, first fragment", IPv6(Route.V6, 44, Tcp6.Behind(Fragment6(1))), "Tcp Unverified"),
        Eth6("IPv6, later fragment", IPv6(Route.V6, 44, new Packet(Payload(40)).Behind(Fragment6(64))),
            "Tcp Unverified"),
        Eth6("IPv6, payload length beyond the frame", IPv6(Route.V6, 6, Tcp6, length: 700), "Tcp Unverified"),
        Eth6("IPv6, nothing behind", IPv6(Route.V6, 59, new Packet(1, 2, 3, 4)), ""),
    ];

    private static IEnumerable<CraftedFrame> Transports =>
    [
        Eth4("TCP, wrong", IPv4(Route.V4, 6, Tcp(Route.V4, 51, Fill.Wrong)), "IPv4 Good, Tcp Bad"),
        Eth4("TCP, zero: never filled in", IPv4(Route.V4, 6, Tcp(Route.V4, 51, Fill.Zero)), "IPv4 Good, Tcp Partial"),
        Eth4("UDP", IPv4(Route.V4, 17, Udp(Route.V4, new Packet(Payload(21)))), "IPv4 Good, Udp Good"),
        Eth4("UDP, wrong", IPv4(Route.V4, 17, Udp(Route.V4, new Packet(Payload(21)), Fill.Wrong)),
            "IPv4 Good, Udp Bad"),
        Eth4("UDP, empty", IPv4(Route.V4, 17, Udp(Route.V4, new Packet())), "IPv4 Good, Udp Good"),
        Eth4("UDP, right value zero is sent as ones", IPv4(Route.V4, 17, UdpSummingToZero()), "IPv4 Good, Udp Good"),
        Eth4("UDP, shorter than its packet", IPv4(Route.V4, 17, Udp(Route.V4, new Packet(Payload(21))).Before(9, 9, 9)),
            "IPv4 Good, Udp Good"),
        Eth4("UDP, longer than its packet", IPv4(Route.V4, 17, Udp(Route.V4, new Packet(Payload(21)), length: 99)),
            "IPv4 Good, Udp Unverified"),
        Eth4("UDP, length below its header", IPv4(Route.V4, 17, Udp(Route.V4, new Packet(Payload(21)), length: 7)),
            "IPv4 Good, Udp Unverified"),
        Eth4("UDP whole in a packet that promises more",
            IPv4(Route.V4, 17, Udp(Route.V4, new Packet(Payload(21))), length: 60), "IPv4 Good, Udp Good"),
        Eth4("UDP zero", IPv4(Route.V4, 17, Udp(Route.V4, new Packet(Payload(21)), Fill.Zero)),
            "IPv4 Good, Udp NotPresent"),
        Eth6("UDP over IPv6", IPv6(Route.V6, 17, Udp(Route.V6, new Packet(Payload(21)))), "Udp Good"),
        Eth6("UDP zero over IPv6", IPv6(Route.V6, 17, Udp(Route.V6, new Packet(Payload(21)), Fill.Zero)),
            "Udp Illegal"),
        Eth4("UDP-Lite, header only", IPv4(Route.V4, 136, UdpLite(Route.V4, 30, 8)), "IPv4 Good, UdpLite Good"),
        Eth4("UDP-Lite, part", IPv4(Route.V4, 136, UdpLite(Route.V4, 30, 19)), "IPv4 Good, UdpLite Good"),
        Eth4("UDP-Lite, all", IPv4(Route.V4, 136, UdpLite(Route.V4, 30, 0)), "IPv4 Good, UdpLite Good"),
        Eth6("UDP-Lite, wrong", IPv6(Route.V6, 136, UdpLite(Route.V6, 30, 12, Fill.Wrong)), "UdpLite Bad"),
        Eth4("UDP-Lite, zero", IPv4(Route.V4, 136, UdpLite(Route.V4, 30, 12, Fill.Zero)), "IPv4 Good, UdpLite Illegal"),
        Eth4("ICMP", IPv4(Route.V4, 1, Icmp(57)), "IPv4 Good, Icmp Good"),
        Eth4("ICMP, wrong", IPv4(Route.V4, 1, Icmp(56, Fill.Wrong)), "IPv4 Good, Icmp Bad"),
        Eth6("ICMPv6", IPv6(Route.V6, 58, IcmpV6(Route.V6, 57)), "IcmpV6 Good"),
        Eth6("ICMPv6, wrong", IPv6(Route.V6, 58, IcmpV6(Route.V6, 56, Fill.Wrong)), "IcmpV6 Bad"),
        Eth4("IGMP", IPv4(Route.V4, 2, Igmp()), "IPv4 Good, Igmp Good"),
        Eth4("IGMP, wrong", IPv4(Route.V4, 2, Igmp(Fill.Wrong)), "IPv4 Good, Igmp Bad"),
        Eth4("SCTP", IPv4(Route.V4, 132, Sctp(40)), "IPv4 Good, Sctp Good"),
        Eth6("SCTP over IPv6", IPv6(Route.V6, 132, Sctp(44)), "Sctp Good"),
        Eth4("SCTP, wrong", IPv4(Route.V4, 132, Sctp(40, 0x12345678)), "IPv4 Good, Sctp Bad"),
        Eth4("SCTP, Adler-32", IPv4(Route.V4, 132, Sctp(40, Adler32(Sctp(40, 0).Bytes))), "IPv4 Good, Sctp Good"),
        Eth4("SCTP, zero", IPv4(Route.V4, 132, Sctp(40, 0)), "IPv4 Good, Sctp Partial"),
    ];

    /// <summary>RFC 1950.</summary>
    private static uint Adler32(byte[] bytes)
    {
        uint a = 1, b = 0;
        foreach (byte next in bytes)
        {
            a = (a + next) % 65521;
            b = (b + a) % 65521;
        }

        return (b << 16) + a;
    }

    private static Packet UdpSummingToZero()
    {
        // With the payload word set to what the checksum was, the sum becomes all ones and the checksum zero.
        Packet first = Udp(Route.V4, new Packet(0, 0));
        return Udp(Route.V4, new Packet(first.Bytes[6], first.Bytes[7]));
    }
}
