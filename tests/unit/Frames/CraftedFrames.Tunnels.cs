using static VxlanCsum.UnitTests.Frames.Craft;

namespace VxlanCsum.UnitTests.Frames;

internal static partial class CraftedFrames
{
    private const string Vxlan4 = "IPv4 Good, Udp Good, ", Inner = "IPv4 Good, Tcp Good";

    private static Packet InnerTcp(Fill fill = Fill.Right, int payload = 77) =>
        IPv4(Route.InnerV4, 6, Tcp(Route.InnerV4, payload, fill));

    private static Packet InnerTcp6(Fill fill = Fill.Right) => IPv6(Route.InnerV6, 6, Tcp(Route.InnerV6, 77, fill));

    private static Packet InnerUdp(Fill fill = Fill.Right) =>
        IPv4(Route.InnerV4, 17, Udp(Route.InnerV4, new Packet(Payload(30)), fill));

    private static Packet Overlay(Packet inner, Fill fill = Fill.Right, int port = 4789) =>
        IPv4(Route.V4, 17, Udp(Route.V4, Vxlan(Ethernet(0x0800, inner)), fill, port));

    private static Packet Overlay6(Packet inner, Fill fill = Fill.Right, int port = 4789) =>
        IPv6(Route.V6, 17, Udp(Route.V6, Vxlan(Ethernet(0x0800, inner)), fill, port));

    private static IEnumerable<CraftedFrame> Tunnels =>
    [
        Eth4("VXLAN", Overlay(InnerTcp()), Vxlan4 + Inner),
        Eth4("VXLAN on 8472", Overlay(InnerUdp(), port: 8472), Vxlan4 + "IPv4 Good, Udp Good"),
        Eth4("VXLAN, zero", Overlay(InnerTcp(), Fill.Zero), "IPv4 Good, Udp NotPresent, " + Inner),
        Eth4("VXLAN, wrong", Overlay(InnerTcp(), Fill.Wrong), "IPv4 Good, Udp Bad, " + Inner),
        Eth4("VXLAN, inner wrong", Overlay(InnerTcp(Fill.Wrong)), Vxlan4 + "IPv4 Good, Tcp Bad"),
        Eth4("VXLAN without its I flag",
            IPv4(Route.V4, 17, Udp(Route.V4, new Packet([0, 0, 0, 0, 0, 0, 1, 0, .. Payload(60)]), Fill.Right, 4789)),
            "IPv4 Good, Udp Good"),
        Eth4("VXLAN, inner 802.1Q",
            IPv4(Route.V4, 17, Udp(Route.V4, Vxlan(Ethernet(0x8100, Vlan(5, 0x0800, InnerTcp()))), Fill.Right, 4789)),
            Vxlan4 + Inner),
        Eth4("VXLAN, inner IPv6",
            IPv4(Route.V4, 17, Udp(Route.V4, Vxlan(Ethernet(0x86dd, InnerTcp6())), Fill.Right, 4789)),
            Vxlan4 + "Tcp Good"),
        Eth4("VXLAN, inner padded", Overlay(IPv4(Route.InnerV4, 6, Tcp(Route.InnerV4, 1)).Before(7, 7, 7)),
            Vxlan4 + Inner),
        Eth4("VXLAN, inner cut", Overlay(InnerTcp().Cut(70)), Vxlan4 + "IPv4 Good, Tcp Unverified"),
        Eth6("VXLAN over IPv6", Overlay6(InnerTcp()), "Udp Good, " + Inner),
        Eth6("VXLAN over IPv6, zero", Overlay6(InnerTcp(), Fill.Zero), "Udp NotPresent, " + Inner),
        Eth4("VXLAN in VXLAN", Overlay(Overlay(InnerTcp())), Vxlan4 + Vxlan4 + Inner),
        Eth4("VXLAN-GPE, IPv4", IPv4(Route.V4, 17, Udp(Route.V4, VxlanGpe(1, InnerTcp()), Fill.Right, 4790)),
            Vxlan4 + Inner),
        Eth4("VXLAN-GPE, IPv6", IPv4(Route.V4, 17, Udp(Route.V4, VxlanGpe(2, InnerTcp6()), Fill.Right, 4790)),
            Vxlan4 + "Tcp Good"),
        Eth4("VXLAN-GPE, Ethernet",
            IPv4(Route.V4, 17, Udp(Route.V4, VxlanGpe(3, Ethernet(0x0800, InnerTcp())), Fill.Right, 4790)),
            Vxlan4 + Inner),
        Eth4("VXLAN-GPE, NSH",
            IPv4(Route.V4, 17,
                Udp(Route.V4, VxlanGpe(4, InnerTcp().Behind([0x0f, 0xc2, 2, 1, 0, 0, 1, 0xff])), Fill.Right, 4790)),
                Vxlan4 + Inner),
        Eth4("Geneve",
            IPv4(Route.V4, 17, Udp(Route.V4, Geneve(0x6558, Ethernet(0x0800, InnerTcp())), Fill.Right, 6081)),
            Vxlan4 + Inner),
        Eth6("Geneve with options",
            IPv6(Route.V6, 17, Udp(Route.V6, Geneve(0x0800, InnerTcp(), 1, 2, 3, 1, 9, 9, 9, 9), Fill.Right, 6081)),
            "Udp Good, " + Inner),
        Eth4("GRE", IPv4(Route.V4, 47, Gre(0x0800, InnerTcp())), "IPv4 Good, " + Inner),
        Eth4("GRE, checksum", IPv4(Route.V4, 47, Gre(0x0800, InnerTcp(), checksum: true)),
            "IPv4 Good, Gre Good, " + Inner),
        Eth4("GRE, checksum wrong, key and sequence",
            IPv4(Route.V4, 47, Gre(0x86dd, InnerTcp6(), true, 99, 5, Fill.Wrong)), "IPv4 Good, Gre Bad, Tcp Good"),
        Eth6("GRE over IPv6", IPv6(Route.V6, 47, Gre(0x0800, InnerTcp(), key: 4)), Inner),
        Eth4("NVGRE", IPv4(Route.V4, 47, Gre(0x6558, Ethernet(0x0800, InnerTcp()), key: 0x64ff)),
            "IPv4 Good, " + Inner),
        Eth4("ERSPAN I", IPv4(Route.V4, 47, Gre(0x88be, Ethernet(0x0800, InnerTcp()))), "IPv4 Good, " + Inner),
        Eth4("ERSPAN II",
            IPv4(Route.V4, 47,
                Gre(0x88be, Ethernet(0x0800, InnerTcp()).Behind(0x10, 1, 0, 2, 0, 0, 0, 3), sequence: 8)),
                "IPv4 Good, " + Inner),
        Eth4("ERSPAN III",
            IPv4(Route.V4, 47,
                Gre(0x22eb, Ethernet(0x0800, InnerTcp()).Behind([0x20, 1, 0, 2, .. new byte[8]]), sequence: 8)),
                "IPv4 Good, " + Inner),
        Eth4("WCCP 2", IPv4(Route.V4, 47, Gre(0x883e, InnerTcp().Behind(0, 0, 0, 1))), "IPv4 Good, " + Inner),
        Eth4("IP in IP", IPv4(Route.V4, 4, InnerTcp()), "IPv4 Good, " + Inner),
        Eth4("6in4", IPv4(Route.V4, 41, InnerTcp6()), "IPv4 Good, Tcp Good"),
        Eth6("4in6", IPv6(Route.V6, 4, InnerTcp()), Inner),
        Eth6("6in6", IPv6(Route.V6, 41, InnerTcp6()), "Tcp Good"),
        Eth4("sixteen times IP in IP", Nest(16), string.Concat(Enumerable.Repeat("IPv4 Good, ", 16)) + Inner),
        Eth4("all kinds nested",
            Overlay(IPv4(Route.InnerV4, 47,
                Gre(0x6558, Ethernet(0x86dd, IPv6(Route.InnerV6, 4, Overlay(InnerTcp(), port: 8472)))))),
                Vxlan4 + "IPv4 Good, " + Vxlan4 + Inner),
    ];

    private static Packet Nest(int times) =>
        Enumerable.Range(0, times).Aggregate(InnerTcp(), (packet, _) => IPv4(Route.V4, 4, packet));

    private static IEnumerable<CraftedFrame> Unfinished =>
    [
        Eth4("TCP seed", IPv4(Route.V4, 6, Tcp(Route.V4, 51, Fill.Seed)), "IPv4 Good, Tcp Partial"),
        Eth6("TCP seed over IPv6", IPv6(Route.V6, 6, Tcp(Route.V6, 51, Fill.Seed)), "Tcp Partial"),
        Eth4("UDP seed", IPv4(Route.V4, 17, Udp(Route.V4, new Packet(Payload(9)), Fill.Seed)),
            "IPv4 Good, Udp Partial"),
        Eth6("ICMPv6 seed", IPv6(Route.V6, 58, IcmpV6(Route.V6, 9, Fill.Seed)), "IcmpV6 Partial"),
        Eth4("TCP seed, cut", IPv4(Route.V4, 6, Tcp(Route.V4, 700, Fill.Seed)), "IPv4 Good, Tcp Partial", captured: 80),
        Eth4("TCP right, cut", IPv4(Route.V4, 6, Tcp(Route.V4, 700)), "IPv4 Good, Tcp Unverified", captured: 80),
        Eth4("TCP cut before its checksum", IPv4(Route.V4, 6, Tcp(Route.V4, 700)), "IPv4 Good, Tcp Unverified",
            captured: 50),
        Eth4("UDP whole in a cut frame",
            IPv4(Route.V4, 17, Udp(Route.V4, new Packet(Payload(20))).Before(Payload(100))), "IPv4 Good, Udp Good",
            captured: 70),
        Eth4("local checksum offload", Overlay(InnerTcp(Fill.Seed)), "IPv4 Good, Udp Partial, IPv4 Good, Tcp Partial"),
        Eth4("local checksum offload, odd offset",
            IPv4(Route.V4, 17,
                Udp(Route.V4, Vxlan(Ethernet(InnerTcp().Length + 3, InnerTcp(Fill.Seed).Behind(6, 6, 3))), Fill.Right,
                    4789)), "IPv4 Good, Udp Partial, IPv4 Good, Tcp Partial"),
        Eth4("local checksum offload, odd offset and trailer",
            IPv4(Route.V4, 17,
                Udp(Route.V4, Vxlan(Ethernet(InnerTcp().Length + 3, InnerTcp(Fill.Seed).Behind(6, 6, 3)).Before(7, 8)),
                    Fill.Right, 4789)), "IPv4 Good, Udp Partial, IPv4 Good, Tcp Partial"),
        Eth4("local checksum offload, trailer cut off",
            IPv4(Route.V4, 17,
                Udp(Route.V4, Vxlan(Ethernet(0x0800, InnerTcp(Fill.Seed)).Before(7, 8, 9, 10)), Fill.Right, 4789)),
                "IPv4 Good, Udp Unverified, IPv4 Good, Tcp Partial", captured: 150),
        Eth4("local checksum offload, cut", Overlay(InnerTcp(Fill.Seed, 900)),
            "IPv4 Good, Udp Partial, IPv4 Good, Tcp Partial", captured: 140),
        Eth4("local checksum offload, wrong outside", Overlay(InnerTcp(Fill.Seed), Fill.Wrong),
            "IPv4 Good, Udp Bad, IPv4 Good, Tcp Partial"),
        Eth4("local checksum offload, wrong outside and cut", Overlay(InnerTcp(Fill.Seed, 900), Fill.Wrong),
            "IPv4 Good, Udp Unverified, IPv4 Good, Tcp Partial", captured: 140),
        Eth4("inner seed under a right outer checksum", Overlay(InnerTcp(Fill.SeedNow)),
            "IPv4 Good, Udp Good, IPv4 Good, Tcp Partial"),
        Eth4("inner seed under zero", Overlay(InnerTcp(Fill.Seed), Fill.Zero),
            "IPv4 Good, Udp NotPresent, IPv4 Good, Tcp Partial"),
        Eth4("seed in seed (segmentation)", Overlay(InnerTcp(Fill.Seed), Fill.Seed),
            "IPv4 Good, Udp Partial, IPv4 Good, Tcp Partial"),
        Eth6("local checksum offload over IPv6", Overlay6(InnerTcp(Fill.Seed)), "Udp Partial, IPv4 Good, Tcp Partial"),
        Eth4("local checksum offload through two tunnels", Overlay(Overlay(InnerTcp(Fill.Seed))),
            "IPv4 Good, Udp Partial, IPv4 Good, Udp Partial, IPv4 Good, Tcp Partial"),
        Eth4("local checksum offload through a tunnel without", Overlay(Overlay(InnerTcp(Fill.Seed), Fill.Zero)),
            "IPv4 Good, Udp Partial, IPv4 Good, Udp NotPresent, IPv4 Good, Tcp Partial"),
        Eth4("GRE checksum over a seed", IPv4(Route.V4, 47, Gre(0x0800, InnerTcp(Fill.Seed), checksum: true)),
            "IPv4 Good, Gre Partial, IPv4 Good, Tcp Partial"),
        Eth4("super-packet, total length zero", IPv4(Route.V4, 6, Tcp(Route.V4, 70000, Fill.Seed), length: 0),
            "IPv4 Good, Tcp Partial"),
        Eth4("super-packet, cut", IPv4(Route.V4, 6, Tcp(Route.V4, 70000, Fill.Seed), length: 0),
            "IPv4 Good, Tcp Partial", captured: 200),
        Eth6("super-packet, payload length zero", IPv6(Route.V6, 6, Tcp(Route.V6, 70000, Fill.Seed), length: 0),
            "Tcp Partial"),
        Eth6("jumbogram",
            IPv6(Route.V6, 0, Tcp(Route.V6, 70000, Fill.Right).Behind([6, 0, 0xc2, 4, 0, 1, 0x11, 0x8c]), length: 0),
            "Tcp Good"),
        Eth6("jumbogram longer than its frame",
            IPv6(Route.V6, 0, Tcp(Route.V6, 70000, Fill.Right).Behind([6, 0, 0xc2, 4, 0, 2, 0, 0]), length: 0),
            "Tcp Unverified"),
        Eth4("super-packet in VXLAN",
            IPv4(Route.V4, 17,
                Udp(Route.V4,
                    Vxlan(Ethernet(0x0800, IPv4(Route.InnerV4, 6, Tcp(Route.InnerV4, 70000, Fill.Seed), length: 0))),
                    Fill.Seed, 4789, length: 0), length: 0), "IPv4 Good, Udp Partial, IPv4 Good, Tcp Partial"),
        Eth4("ICMP in a packet without a length", IPv4(Route.V4, 1, Icmp(40), length: 0), "IPv4 Good, Icmp Unverified"),
        Eth4("UDP length zero in an ordinary packet",
            IPv4(Route.V4, 17, Udp(Route.V4, new Packet(Payload(20)), length: 0)), "IPv4 Good, Udp Unverified"),
    ];
}
