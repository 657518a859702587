using System.Globalization;

namespace VxlanCsum.LabTests.Walks;

/// <summary>Matches and statements of nft's own language that a rule of output or postrouting can have.</summary>
/// <remarks>Of those with a protocol a rule has one: nft refuses two that contradict each other.</remarks>
internal static class NftTemplates
{
    private static readonly string[] s_signs = ["<", ">", "<=", ">="];

    public static IReadOnlyList<RuleTemplate> Matches { get; } =
    [
        new("mark", static (r, _) => $"meta mark {Sign(r)} {RandomChoice.Hex(r.Bits())}", Weight: 2),
        new("mark", static (r,
            _) => $"meta mark & {RandomChoice.Hex(r.Bits())} {r.Of("==", "!=")} "
                + $"{RandomChoice.Hex(r.Chance(0.5) ? 0 : r.Bits())}", Weight: 8),
        new("mark", static (r, _) => $"meta mark & ({RandomChoice.Hex(0x10)} | {RandomChoice.Hex(r.Bits())}) == "
            + $"{RandomChoice.Hex(0x10)}"),
        new("mark", static (r, _) => $"meta mark {Sign(r)} {{ 0x0, {RandomChoice.Hex(r.Bits())}, 0x20000-0x30000 }}"),
        new("mark", static (r, _) => $"meta mark {Sign(r)} 0x2-0x4010"),
        new("mark", static (r, _) => $"meta mark {r.Of(s_signs)} {RandomChoice.Hex(r.Bits())}"),
        new("ctmark",
            static (r, _) => $"ct mark & {RandomChoice.Hex(r.Bits())} {r.Of("==", "!=")} "
                + $"{RandomChoice.Hex(r.Chance(0.5) ? 0 : r.Bits())}",
            Weight: 3),
        new("ctmark", static (r, _) => $"ct mark {Sign(r)} {RandomChoice.Hex(r.Chance(0.5) ? 0 : r.Bits())}"),
        new("ctstate",
            static (r, _) =>
                $"ct state {r.Of("new", "invalid", "untracked", "established,related", "new,established", "invalid,untracked")}", Weight: 4),
        new("ctstate",
            static (r, _) =>
                $"ct state {r.Of("!= new", "!= invalid", "!= established,related", "{ new, established }", "& (new | "
                    + "related) == 0", "& new == new")}", Weight: 2),
        new("ctstatus",
            static (r, _) =>
                $"ct status {r.Of("dnat", "snat", "confirmed", "seen-reply", "assured", "!= dnat", "& dnat == dnat", "snat,dnat")}", Weight: 2),
        new("ctdir", static (r, _) => $"ct direction {Sign(r)} {r.Of("original", "reply")}"),
        new("ctorig", static (r, p) => $"ct original {Ip(p)} {r.Of($"saddr {p.Source}", $"daddr {p.Destination}")}",
            Tells: false),
        new("ctorig", static (r, p) => $"meta l4proto udp ct original proto-dst {p.Device.Port}", Tells: false,
            Protocol: "one"),
        new("ctproto", static (r, _) => $"ct protocol {r.Of("udp", "tcp")}", Tells: false, Protocol: "one"),
        new("source", static (r, p) => $"{Ip(p)} saddr {Sign(r)} {r.Address(p, true)}", Weight: 3),
        new("destination", static (r, p) => $"{Ip(p)} daddr {Sign(r)} {r.Address(p, false)}", Weight: 3),
        new("source",
            static (r, p) => $"{Ip(p)} saddr {Sign(r)} {{ {WalkPacket.Node(p.V6, 1)}, {WalkPacket.Node(p.V6, 7)} }}"),
        new("source",
            static (r, p) => $"{Ip(p)} saddr {Sign(r)} {WalkPacket.Node(p.V6, 1)}-{WalkPacket.Node(p.V6, 2)}"),
        new("source",
            static (r, p) => p.V6 ? $"ip6 saddr & ffff::ffff {Compare(r)} fd08::{r.Below(3)}"
                : $"ip saddr & 255.255.0.255 {Compare(r)} 10.8.0.{r.Below(3)}"),
        new("destination", static (r, p) => $"{Ip(p)} daddr {Sign(r)} @walkaddresses", Weight: 2),
        new("destination", static (r, p) => $"{Ip(p)} daddr {Sign(r)} @walknets", Weight: 2),
        new("pair", static (r, p) => $"{Ip(p)} daddr . udp dport {Sign(r)} @walkpairs", Weight: 2, Protocol: "one"),
        new("pair", static (r,
            p) => $"{Ip(p)} saddr . {Ip(p)} daddr . meta l4proto . th dport {Sign(r)} {{ {p.Source} . "
                + $"{p.Destination} . {r.Of("udp", "tcp")} . {p.Device.Port} }}", Protocol: "one"),
        new("pair", static (r,
            p) => $"udp sport . udp dport {Sign(r)} {{ {p.Device.SourcePort} . {r.Of(4789, 8472)} }}", Protocol: "one"),
        new("dport", static (r, p) => $"{r.Of("udp", "udp", "th")} dport {Sign(r)} {r.Port(p, false, '-')}", Weight: 6,
            Protocol: "one"),
        new("sport", static (r, p) => $"{r.Of("udp", "udp", "th")} sport {Sign(r)} {r.Port(p, true, '-')}", Weight: 3,
            Protocol: "one"),
        new("dport", static (r, p) => $"udp dport {Sign(r)} {{ {r.Of(4789, 53)}, 8472 }}", Weight: 2, Protocol: "one"),
        new("dport", static (r, p) => $"udp dport {r.Of(s_signs)} {r.Of(4789, 8472, 5000)}", Weight: 2,
            Protocol: "one"),
        new("tcp", static (r, _) => $"tcp dport {Sign(r)} {r.Of(53, 8472)}", Protocol: "one"),
        new("tcp", static (r, _) => "tcp flags syn", Protocol: "one"),
        new("l4proto",
            static (r, _) => $"meta l4proto {r.Of("udp", "!= tcp", "tcp", "{ tcp, udp }", "17", "!= { tcp, sctp }")}",
            Weight: 3, Protocol: "one"),
        new("protocol",
            static (r, p) => p.V6 ? $"ip6 nexthdr {Sign(r)} udp" : $"ip protocol {Sign(r)} {r.Of("udp", "tcp")}",
            Protocol: "one"),
        new("out", static (r,
            _) => $"oifname {Sign(r)} {r.Of("\"eth0\"", "\"eth*\"", "\"lo\"", "{ \"eth0\", \"lo\" }", "\"vx1\"")}",
            Weight: 3),
        new("out", static (r, _) => $"oif {Sign(r)} \"lo\""),
        new("in", static (r, p) => $"iifname {Sign(r)} {r.Of($"\"{p.Device.Name}\"", "\"vx*\"", "\"lo\"")}"),
        new("fib", static (r, _) => $"fib saddr type {Sign(r)} {r.Of("local", "unicast", "{ local, broadcast }")}",
            Weight: 2),
        new("fib", static (r,
            _) => $"fib daddr type {Sign(r)} {r.Of("local", "unicast", "multicast", "{ local, unicast }")}", Weight: 2),
        new("meta", static (r, p) => $"meta protocol {(r.Chance(0.5) ? "!= arp" : p.V6 ? "ip6" : "ip")}"),

        // What the text does not tell.
        new("limit", static (r, _) => $"limit rate {r.Of("", "over ")}1000/second", Tells: false),
        new("numgen", static (r, _) => $"numgen random mod 2 {r.Below(2)}", Tells: false),
        new("skuid", static (r, _) => $"meta skuid {Sign(r)} 0", Tells: false),
        new("length", static (r, _) => $"meta length {r.Of(s_signs)} 100", Tells: false),
        new("hops", static (r, p) => p.V6 ? "ip6 hoplimit 64" : "ip ttl 64", Tells: false),
        new("dscp", static (r, p) => $"{Ip(p)} dscp {Sign(r)} cs0", Tells: false),
        new("version", static (r, p) => $"{Ip(p)} version {Sign(r)} {(p.V6 ? 6 : 4)}", Tells: false),
        new("cpu", static (r, _) => $"meta cpu {Sign(r)} 0", Tells: false),
        new("quota", static (r, _) => $"quota {r.Of("", "over ")}1000 bytes", Tells: false),
        new("zone", static (r, _) => $"ct zone {Sign(r)} 0", Tells: false),
        new("raw", static (r, _) => $"@th,0,16 {Sign(r)} 41000", Tells: false, Protocol: "one"),
        new("group", static (r, _) => $"oifgroup {Sign(r)} 0", Tells: false),
    ];

    public static IReadOnlyList<RuleTemplate> Statements { get; } =
    [
        new("accept", static (_, _) => "accept", Weight: 3),
        new("return", static (_, _) => "return", Weight: 4),
        new("drop", static (_, _) => "drop", Tables: "filter"),
        new("reject", static (_, _) => "reject", Tables: "filter-output"),
        new("none", static (_, _) => "", Weight: 2),
        new("continue", static (_, _) => "continue"),
        new("mark", static (r, _) => $"meta mark set {RandomChoice.Hex(r.Bits())}", Weight: 3),
        new("mark", static (r, _) => $"meta mark set meta mark {r.Of("|", "&", "^")} {RandomChoice.Hex(r.Bits())}", Weight: 8),
        new("mark", static (r,
            _) => $"meta mark set (meta mark & {RandomChoice.Hex(r.Bits())}) {r.Of("|", "^")} "
                + $"{RandomChoice.Hex(r.Bits())}", Weight: 2),
        new("mark", static (r,
            _) => $"meta mark set ct mark"
                + $"{r.Of("", $" & {RandomChoice.Hex(r.Bits())}", $" | {RandomChoice.Hex(r.Bits())}")}", Weight: 2),
        new("markmap", static (r, p) => $"meta mark set {Ip(p)} daddr map {{ {p.Destination} : "
            + $"{RandomChoice.Hex(r.Bits())} }}",
            Tells: false),
        new("markhash", static (r, p) => $"meta mark set jhash {Ip(p)} saddr mod 4", Tells: false),
        new("ctmark", static (r, _) => $"ct mark set {RandomChoice.Hex(r.Bits())}"),
        new("ctmark", static (r, _) => $"ct mark set ct mark {r.Of("|", "&", "^")} {RandomChoice.Hex(r.Bits())}", Weight: 2),
        new("ctmark",
            static (r, _) => $"ct mark set meta mark"
                + $"{r.Of("", $" & {RandomChoice.Hex(r.Bits())}", $" | {RandomChoice.Hex(r.Bits())}")}",
            Weight: 3),
        new("notrack", static (_, _) => "notrack", Tables: "filter-output", Weight: 2),
        new("log", static (_, _) => "log prefix \"accept \" group 3"),
        new("hops", static (_, p) => p.V6 ? "ip6 hoplimit set 9" : "ip ttl set 9"),
        new("dscp", static (_, p) => $"{Ip(p)} dscp set cs2"),
        new("priority", static (_, _) => "meta priority set 1:10"),
        new("trace", static (_, _) => "meta nftrace set 1"),
        new("ports",
            static (r, p) =>
                $"udp dport vmap {{ {p.Device.Port} : {r.Of("accept", "return", "continue")}, 53 : accept }}",
                Weight: 2, Protocol: "one"),
        new("addresses",
            static (r, p) =>
                $"{Ip(p)} daddr . meta l4proto . th dport vmap {{ {p.Destination} . {r.Of("udp", "tcp")} . "
                + $"{p.Device.Port} : {r.Of("accept", "return")} }}", Protocol: "one"),
        new("choice", static (r, _) => "numgen random mod 2 vmap { 0 : accept, 1 : return }", Tells: false),
        new("marks", static (r, p) => $"meta mark vmap {{ 0x0 : return, {RandomChoice.Hex(p.Mark == 0 ? 1 : p.Mark)} : "
            + $"accept }}"),
        new("masquerade",
            static (r, _) =>
                $"masquerade{r.Of("", " fully-random", " fully-random", " random", " persistent",
                    " random,persistent")}", Tables: "nat-postrouting", Weight: 14),
        new("masquerade",
            static (r, p) => $"meta l4proto udp masquerade to :{r.NewPorts(p)}{r.Of("", " random", " fully-random")}",
            Tables: "nat-postrouting", Weight: 4, Protocol: "one"),
        new("snat", static (r,
            p) => $"snat{Inet(p)} to {r.NewSource(p)}{r.Of("", "", " random", " fully-random", " persistent")}",
            Tables: "nat-postrouting", Weight: 6),
        new("snat", static (r,
            p) => $"meta l4proto udp snat{Inet(p)} to "
                + $"{(p.V6 ? $"[{p.Source}]" : r.NewSource(p))}:{r.NewPorts(p)}{r.Of("", " random")}",
                Tables: "nat-postrouting", Weight: 3, Protocol: "one"),
        new("dnat", static (r, p) => $"dnat{Inet(p)} to {r.NewDestination(p)}", Tables: "nat-output", Weight: 6),
        new("dnat", static (r,
            p) => $"meta l4proto udp dnat{Inet(p)} to "
                + $"{(p.V6 ? $"[{r.NewDestination(p)}]" : r.NewDestination(p))}:{r.Of(53, p.Device.Port)}",
                Tables: "nat-output", Weight: 3, Protocol: "one"),
        new("redirect", static (r, p) => r.Of("redirect", $"meta l4proto udp redirect to :{r.Of(53, p.Device.Port)}"),
            Tables: "nat-output", Weight: 2, Protocol: "one"),
    ];

    public static string Ip(WalkPacket packet) => packet.V6 ? "ip6" : "ip";

    // A table of both families wants to be told which.
    private static string Inet(WalkPacket packet) => packet.V6 ? " ip6" : " ip";

    private static string Sign(RandomChoice random) => random.Chance(0.3) ? "!=" : "";

    private static string Compare(RandomChoice random) => random.Chance(0.3) ? "!=" : "==";
}
