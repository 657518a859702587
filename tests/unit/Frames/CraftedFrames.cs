using VxlanCsum.Clusters;

using static VxlanCsum.UnitTests.Frames.Craft;

namespace VxlanCsum.UnitTests.Frames;

/// <summary>Frames of every link layer, protocol and tunnel that is walked, right, unfinished, cut and wrong.</summary>
internal static partial class CraftedFrames
{
    private const string GoodTcp = "IPv4 Good, Tcp Good", GoodTcp6 = "Tcp Good";

    public static IEnumerable<CraftedFrame> All => [.. Links, .. Networks, .. Transports, .. Tunnels, .. Unfinished];

    private static Packet Plain4 => IPv4(Route.V4, 6, Tcp(Route.V4, 33));
    private static Packet Plain6 => IPv6(Route.V6, 6, Tcp(Route.V6, 33));

    private static CraftedFrame Frame(string name, LinkType link, Packet packet, string expected, int? captured = null)
    {
        byte[] bytes = packet.Finish();
        return new(name, link, captured is { } c ? bytes[..c] : bytes, expected, bytes.Length);
    }

    private static CraftedFrame Eth(string name, int type, Packet packet, string expected, int? captured = null) =>
        Frame(name, LinkType.Ethernet, Ethernet(type, packet), expected, captured);

    private static CraftedFrame Eth4(string name, Packet packet, string expected, int? captured = null) =>
        Eth(name, 0x0800, packet, expected, captured);

    private static CraftedFrame Eth6(string name, Packet packet, string expected, int? captured = null) =>
        Eth(name, 0x86dd, packet, expected, captured);

    private static IEnumerable<CraftedFrame> Links =>
    [
        Eth4("Ethernet, IPv4", Plain4, GoodTcp),
        Eth6("Ethernet, IPv6", Plain6, GoodTcp6),
        Eth4("Ethernet with padding", IPv4(Route.V4, 6, Tcp(Route.V4, 1)).Before(1, 2, 3, 4, 5), GoodTcp),
        Eth("802.1Q", 0x8100, Vlan(7, 0x0800, Plain4), GoodTcp),
        Eth("802.1ad and 802.1Q", 0x88a8, Vlan(7, 0x8100, Vlan(8, 0x86dd, Plain6)), GoodTcp6),
        Eth("Q-in-Q of old", 0x9100, Vlan(7, 0x8100, Vlan(8, 0x0800, Plain4)), GoodTcp),
        Eth("three tags", 0x8100, Vlan(1, 0x8100, Vlan(2, 0x8100, Vlan(3, 0x0800, Plain4))), GoodTcp),
        Eth("MPLS", 0x8847, Plain4.Behind(0, 1, 1, 64), GoodTcp),
        Eth("MPLS, three labels, IPv6", 0x8847, Plain6.Behind(0, 1, 0, 64, 0, 2, 0, 64, 0, 3, 1, 64), GoodTcp6),
        Eth("PPPoE", 0x8864, Plain4.Behind([0x11, 0, 0, 1, .. Word(Plain4.Length + 2), 0, 0x21]), GoodTcp),
        Eth("PPPoE, IPv6", 0x8864, Plain6.Behind([0x11, 0, 0, 1, .. Word(Plain6.Length + 2), 0, 0x57]), GoodTcp6),
        Eth("802.3 with SNAP", Plain4.Length + 8, Plain4.Behind(0xaa, 0xaa, 3, 0, 0, 0, 8, 0), GoodTcp),
        Eth("Cisco metadata", 0x8909, Plain4.Behind(1, 1, 0, 1, 0, 9, 8, 0), GoodTcp),
        Eth("NSH", 0x894f, Plain4.Behind([0x0f, 0xc6, 1, 1, 0, 0, 1, 0xff, .. new byte[16]]), GoodTcp),
        Frame("Linux cooked", LinkType.LinuxSll, Plain4.Behind([0, 0, 0, 1, 0, 6, .. new byte[8], 8, 0]), GoodTcp),
        Frame("Linux cooked, 802.2", LinkType.LinuxSll,
            Plain4.Behind([0, 0, 0, 1, 0, 6, .. new byte[8], 0, 4, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0]), GoodTcp),
        Frame("Linux cooked v2", LinkType.LinuxSll2,
            Plain6.Behind([0x86, 0xdd, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, .. new byte[8]]), GoodTcp6),
        Frame("BSD loopback", LinkType.Null, Plain4.Behind(2, 0, 0, 0), GoodTcp),
        Frame("BSD loopback, IPv6 of macOS", LinkType.Null, Plain6.Behind(30, 0, 0, 0), GoodTcp6),
        Frame("OpenBSD loopback", LinkType.Loop, Plain4.Behind(0, 0, 0, 2), GoodTcp),
        Frame("PPP", LinkType.Ppp, Plain4.Behind(0xff, 3, 0, 0x21), GoodTcp),
        Frame("PPP, compressed", LinkType.Ppp, Plain4.Behind(0x21), GoodTcp),
        Frame("PPP in HDLC", LinkType.PppHdlc, Plain6.Behind(0xff, 3, 0, 0x57), GoodTcp6),
        Frame("Cisco HDLC", LinkType.CHdlc, Plain4.Behind(0x0f, 0, 8, 0), GoodTcp),
        Frame("Cisco HDLC in a capture of PPP", LinkType.Ppp, Plain4.Behind(0x0f, 0, 8, 0), GoodTcp),
        Frame("Cisco HDLC in a capture of PPP in HDLC", LinkType.PppHdlc, Plain6.Behind(0x8f, 0, 0x86, 0xdd), GoodTcp6),
        Frame("raw", LinkType.Raw, Plain4, GoodTcp),
        Frame("raw, IPv6", LinkType.Raw, Plain6, GoodTcp6),
        Frame("raw IPv4", LinkType.IPv4, Plain4, GoodTcp),
        Frame("raw IPv6", LinkType.IPv6, Plain6, GoodTcp6),
        Frame("IP over InfiniBand", LinkType.IPoIB, Plain4.Behind([.. new byte[40], 8, 0, 0, 0]), GoodTcp),
        Frame("NFLOG", LinkType.Nflog,
            Plain4.Behind([2, 0, 0, 5, 5, 0, 10, 0, 65, 0, 0, 0, .. LittleWord(Plain4.Length + 4), 9, 0]), GoodTcp),
        Frame("NFLOG of a big-endian machine", LinkType.Nflog,
            Plain4.Behind([2, 0, 0, 5, 0, 5, 0, 10, 65, 0, 0, 0, .. Word(Plain4.Length + 4), 0, 9]),
            GoodTcp) with { BigEndian = true },
    ];

    private static byte[] LittleWord(int value) => [(byte)value, (byte)(value >> 8)];
}
