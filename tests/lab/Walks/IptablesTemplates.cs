namespace VxlanCsum.LabTests.Walks;

/// <summary>One way of writing a match or a target.</summary>
/// <param name="Name">The module or target.</param>
/// <param name="Make">A random one.</param>
/// <param name="Tells">Its text tells what it does to a packet of which all is known.</param>
/// <param name="Protocol">It can only stand behind this -p.</param>
/// <param name="Tables">Where it may stand; everywhere where this is null.</param>
/// <param name="Weight">How often.</param>
internal sealed record RuleTemplate(
    string Name, Func<RandomChoice, WalkPacket, string> Make, bool Tells = true, string? Protocol = null,
    string? Tables = null, int Weight = 1);

/// <summary>Every match and target of iptables that a rule of OUTPUT or POSTROUTING can have.</summary>
internal static class IptablesTemplates
{
    public static IReadOnlyList<RuleTemplate> Matches { get; } =
    [
        new("source", static (r, p) => $"{r.Not()}-s {r.Address(p, source: true)}", Weight: 3),
        new("destination", static (r, p) => $"{r.Not()}-d {r.Address(p, source: false)}", Weight: 3),
        new("source",
            static (r, p) => p.V6 ? $"{r.Not()}-s fd08::{r.Below(3)}/ffff::ffff"
                : $"{r.Not()}-s 10.8.{r.Below(2)}.{r.Below(3)}/255.255.0.255"),
        new("out", static (r, _) => r.Chance(0.1) ? "-o +" : $"{r.Not()}-o {r.Of("eth0", "eth0", "eth+", "lo", "vx1")}",
            Weight: 3),
        new("in", static (r, p) => $"{r.Not()}-i {r.Of(p.Device.Name, "vx+", "eth0", "lo")}"),
        new("udp", static (r, p) => $"-m udp {r.Not()}--dport {r.Port(p, false, ':')}", Protocol: "udp", Weight: 6),
        new("udp", static (r, p) => $"-m udp {r.Not()}--sport {r.Port(p, true, ':')}", Protocol: "udp", Weight: 3),
        new("udp", static (r,
            p) => $"-m udp {r.Not()}--sport {r.Port(p, true, ':')} {r.Not()}--dport {r.Port(p, false, ':')}",
            Protocol: "udp"),
        new("multiport", static (r, p) => $"-m multiport {r.Not()}--dports {r.Ports(p, false, ':')}", Protocol: "udp",
            Weight: 2),
        new("multiport", static (r, p) => $"-m multiport {r.Not()}--sports {r.Ports(p, true, ':')}", Protocol: "udp",
            Weight: 2),
        new("multiport", static (r, p) => $"-m multiport {r.Not()}--ports {r.Ports(p, true, ':')}", Protocol: "udp",
            Weight: 4),
        new("tcp", static (r, _) => $"-m tcp {r.Not()}--dport {r.Of(53, 8472)}", Protocol: "tcp"),
        new("tcpflags",
            static (r, _) => $"-m tcp {r.Not()}--tcp-flags {r.Of("SYN,ACK SYN", "FIN,SYN,RST,ACK SYN", "ALL NONE")}",
            Protocol: "tcp"),
        new("mark", static (r, _) => $"-m mark {r.Not()}--mark {Pair(r)}", Weight: 8),
        new("connmark", static (r, _) => $"-m connmark {r.Not()}--mark {Pair(r)}", Weight: 3),
        new("ctstate",
            static (r, _) =>
                $"-m conntrack {r.Not()}--ctstate "
                    + $"{r.Of("NEW", "INVALID", "UNTRACKED", "RELATED,ESTABLISHED", "NEW,ESTABLISHED",
                        "INVALID,UNTRACKED", "DNAT", "SNAT", "NEW,DNAT")}", Weight: 5),
        new("state",
            static (r, _) =>
                $"-m state {r.Not()}--state "
                    + $"{r.Of("NEW", "INVALID", "UNTRACKED", "RELATED,ESTABLISHED", "NEW,RELATED")}", Weight: 2),
        new("ctstatus",
            static (r, _) =>
                $"-m conntrack {r.Not()}--ctstatus "
                    + $"{r.Of("NONE", "EXPECTED", "SEEN_REPLY", "ASSURED", "CONFIRMED", "SEEN_REPLY,ASSURED")}", Weight: 2),
        new("ctdir", static (r, _) => $"-m conntrack --ctdir {r.Of("ORIGINAL", "REPLY")}"),
        new("ctboth",
            static (r, _) =>
                $"-m conntrack {r.Not()}--ctstate {r.Of("NEW", "INVALID", "UNTRACKED")} --ctdir "
                + $"{r.Of("ORIGINAL", "REPLY")}"),
        new("ctproto", static (r, _) => $"-m conntrack {r.Not()}--ctproto {r.Of("udp", "tcp")}"),
        new("ctorig", static (r, p) => $"-m conntrack {r.Not()}--ctorigsrc {r.Address(p, true)}", Tells: false),
        new("ctorig", static (r, p) => $"-m conntrack {r.Not()}--ctorigdst {r.Address(p, false)}", Tells: false),
        new("ctreply", static (r, p) => $"-m conntrack {r.Not()}--ctreplsrc {r.Address(p, false)}", Tells: false),
        new("ctports", static (r, p) => $"-m conntrack {r.Not()}--ctorigdstport {p.Device.Port}", Tells: false),
        new("addrtype",
            static (r, p) =>
                $"-m addrtype {r.Not()}--src-type "
                    + $"{r.Of("LOCAL", "UNICAST", "MULTICAST", p.V6 ? "LOCAL,ANYCAST" : "LOCAL,BROADCAST", p.V6 ? "LOCAL,UNICAST" : "UNSPEC")}", Weight: 2),
        new("addrtype",
            static (r, p) =>
                $"-m addrtype {r.Not()}--dst-type "
                    + $"{r.Of("LOCAL", "UNICAST", "MULTICAST", p.V6 ? "UNREACHABLE" : "BROADCAST", "LOCAL,ANYCAST",
                        p.V6 ? "UNICAST" : "BLACKHOLE")}", Weight: 2),
        new("addrtypeout", static (r, _) => $"-m addrtype {r.Not()}--src-type LOCAL --limit-iface-out", Tells: false,
            Tables: "mangle nat"),
        new("iprange", static (r, p) => $"-m iprange {r.Not()}--src-range {r.Range(p, true)}"),
        new("iprange", static (r, p) => $"-m iprange {r.Not()}--dst-range {r.Range(p, false)}"),
        new("iprange",
            static (r, p) =>
                $"-m iprange {r.Not()}--src-range {r.Range(p, true)} {r.Not()}--dst-range {r.Range(p, false)}"),
        new("set", static (r, p) => $"-m set {r.Not()}--match-set WALKIP{(p.V6 ? "6" : "")} {r.Of("src", "dst")}",
            Weight: 2),
        new("setnet", static (r, p) => $"-m set {r.Not()}--match-set WALKNET{(p.V6 ? "6" : "")} {r.Of("src", "dst")}",
            Weight: 2),
        new("setport",
            static (r, p) =>
                $"-m set {r.Not()}--match-set WALKIPPORT{(p.V6 ? "6" : "")} "
                    + $"{r.Of("dst,dst", "src,dst", "dst,src", "src,src")}", Weight: 2),
        new("comment", static (_, _) => "-m comment --comment \"-j ACCEPT, not\""),
        new("fragment", static (r, _) => $"{r.Not()}-f"),

        // What the text does not tell.
        new("limit", static (r, _) => $"-m limit --limit {r.Of("1/minute", "1000/sec")}", Tells: false),
        new("statistic", static (r, _) => $"-m statistic --mode random {r.Not()}--probability 0.5", Tells: false),
        new("nth", static (r, _) => "-m statistic --mode nth --every 2 --packet 0", Tells: false),
        new("owner", static (r, _) => $"-m owner {r.Not()}--uid-owner 0", Tells: false),
        new("owner", static (r, _) => $"-m owner {r.Not()}--socket-exists", Tells: false),
        new("length", static (r, _) => $"-m length {r.Not()}--length {r.Of("0:100", "100:65535")}", Tells: false),
        new("ttl", static (r, _) => r.Of("-m ttl --ttl-eq 64", "-m ttl --ttl-gt 64", "-m ttl --ttl-lt 64"),
            Tells: false),
        new("hl", static (r, _) => r.Of("-m hl --hl-eq 64", "-m hl --hl-gt 64"), Tells: false),
        new("dscp", static (r, _) => $"-m dscp {r.Not()}--dscp 0x00", Tells: false),
        new("tos", static (r, _) => $"-m tos {r.Not()}--tos 0x00/0xff", Tells: false),
        new("ecn", static (r, _) => $"-m ecn {r.Not()}--ecn-ip-ect 0", Tells: false),
        new("pkttype", static (r, _) => $"-m pkttype {r.Not()}--pkt-type {r.Of("unicast", "broadcast")}", Tells: false),
        new("time", static (r, _) => "-m time --timestart 00:00 --timestop 12:00", Tells: false),
        new("recent", static (r, _) => $"-m recent {r.Not()}--rcheck --name walk", Tells: false),
        new("recent", static (r, _) => "-m recent --set --name walk", Tells: false),
        new("hashlimit", static (r, _) => "-m hashlimit --hashlimit-above 1/hour --hashlimit-name walk", Tells: false),
        new("u32", static (r, _) => "-m u32 --u32 \"0x0=0x0:0xffffffff\"", Tells: false),
        new("string", static (r, _) => $"-m string {r.Not()}--string x --algo bm", Tells: false),
        new("connbytes",
            static (r, _) => "-m connbytes --connbytes 1:1000 --connbytes-dir both --connbytes-mode packets",
            Tells: false),
        new("connlimit", static (r, _) => "-m connlimit --connlimit-upto 1000", Tells: false),
        new("quota", static (r, _) => $"-m quota {r.Not()}--quota 1000", Tells: false),
        new("realm", static (r, _) => $"-m realm {r.Not()}--realm 0x0", Tells: false),
        new("policy", static (r, _) => "-m policy --dir out --pol none", Tells: false),
        new("helper", static (r, _) => $"-m helper {r.Not()}--helper ftp", Tells: false),
        new("cgroup", static (r, _) => $"-m cgroup {r.Not()}--cgroup 0", Tells: false),
        new("cpu", static (r, _) => $"-m cpu {r.Not()}--cpu 0", Tells: false),
        new("devgroup", static (r, _) => $"-m devgroup {r.Not()}--dst-group 0x0", Tells: false),
        new("connlabel", static (r, _) => $"-m connlabel {r.Not()}--label 1", Tells: false),
        new("bpf", static (r, _) => "-m bpf --bytecode \"1,6 0 0 1\"", Tells: false),
        new("sctp", static (r, _) => $"-m sctp {r.Not()}--dport 53", Protocol: "sctp"),
        new("dccp", static (r, _) => $"-m dccp {r.Not()}--dport 53", Protocol: "dccp"),
        new("icmp", static (r, _) => $"-m icmp {r.Not()}--icmp-type 8", Protocol: "icmp"),
        new("esp", static (r, _) => "-m esp --espspi 1", Protocol: "esp"),
        new("ah", static (r, _) => "-m ah --ahspi 1", Protocol: "ah"),
    ];

    public static IReadOnlyList<RuleTemplate> Targets { get; } =
    [
        new("ACCEPT", static (_, _) => "-j ACCEPT", Weight: 3),
        new("RETURN", static (_, _) => "-j RETURN", Weight: 4),
        new("DROP", static (_, _) => "-j DROP", Tables: "raw mangle filter"),
        new("REJECT", static (_, _) => "-j REJECT", Tables: "filter"),
        new("none", static (_, _) => ""),
        new("MARK", static (r, _) => $"-j MARK {r.Of("--set-xmark", "--set-mark")} {Pair(r)}", Weight: 6),
        new("MARK", static (r, _) => $"-j MARK {r.Of("--or-mark", "--and-mark", "--xor-mark")} "
            + $"{RandomChoice.Hex(r.Bits())}",
            Weight: 6),
        new("CONNMARK", static (r, _) => $"-j CONNMARK {r.Of("--set-xmark", "--set-mark")} {Pair(r)}", Weight: 2),
        new("CONNMARK", static (r, _) => $"-j CONNMARK {r.Of("--save-mark", "--restore-mark")}", Weight: 3),
        new("CONNMARK",
            static (r, _) =>
                $"-j CONNMARK {r.Of("--save-mark", "--restore-mark")} --nfmask {RandomChoice.Hex(r.Bits())} --ctmask "
                + $"{RandomChoice.Hex(r.Bits())}", Weight: 3),
        new("CONNMARK",
            static (r, _) => $"-j CONNMARK {r.Of("--or-mark", "--and-mark", "--xor-mark")} "
                + $"{RandomChoice.Hex(r.Bits())}",
            Weight: 2),
        new("MASQUERADE",
            static (r, _) => $"-j MASQUERADE{r.Of("", " --random-fully", " --random-fully", " --random")}",
            Tables: "nat-POSTROUTING", Weight: 14),
        new("MASQUERADE",
            static (r, p) => $"-j MASQUERADE --to-ports {r.NewPorts(p)}{r.Of("", " --random", " --random-fully")}",
            Tables: "nat-POSTROUTING", Protocol: "udp", Weight: 6),
        new("SNAT", static (r,
            p) => $"-j SNAT --to-source {r.NewSource(p)}"
                + $"{r.Of("", "", " --random", " --random-fully", " --persistent")}", Tables: "nat-POSTROUTING", Weight: 6),
        new("SNAT", static (r,
            p) => $"-j SNAT --to-source "
                + $"{r.Of($"{Bracketed(r.NewSource(p))}:{r.NewPorts(p)}",
                    p.V6 ? $"[{p.Source}]:1024-65535" : ":40000-60000")}{r.Of("", " --random")}", Tables: "nat-POSTROUTING", Protocol: "udp", Weight: 3),
        new("NETMAP",
            static (r, p) =>
                $"-j NETMAP --to {r.Of(p.V6 ? "fd08::/112" : "10.8.0.0/24", p.V6 ? "fd0a::/112" : "10.10.0.0/24")}",
                Tables: "nat-POSTROUTING", Weight: 2),
        new("DNAT", static (r, p) => $"-j DNAT --to-destination {r.NewDestination(p)}", Tables: "nat-OUTPUT",
            Weight: 6),
        new("DNAT", static (r,
            p) => $"-j DNAT --to-destination "
                + $"{(p.V6 ? $"[{r.NewDestination(p)}]" : r.NewDestination(p))}:{r.Of(53, p.Device.Port)}",
                Tables: "nat-OUTPUT", Protocol: "udp", Weight: 3),
        new("REDIRECT", static (_, _) => "-j REDIRECT", Tables: "nat-OUTPUT"),
        new("REDIRECT", static (r, p) => $"-j REDIRECT --to-ports {r.Of(53, p.Device.Port)}", Tables: "nat-OUTPUT",
            Protocol: "udp"),
        new("NOTRACK", static (_, _) => "-j CT --notrack", Tables: "raw", Weight: 4),
        new("NOTRACK", static (_, _) => "-j NOTRACK", Tables: "raw", Weight: 2),
        new("CT", static (r, _) => $"-j CT {r.Of("--zone 7", "--ctevents new", "--zone-orig 3")}", Tables: "raw"),
        new("LOG", static (_, _) => "-j LOG --log-prefix \"-j DROP \""),
        new("NFLOG", static (_, _) => "-j NFLOG --nflog-group 3"),
        new("TRACE", static (_, _) => "-j TRACE", Tables: "raw"),
        new("DSCP", static (r, _) => $"-j DSCP --set-dscp 0x{r.Below(64):x2}", Tables: "mangle"),
        new("TOS", static (_, _) => "-j TOS --set-tos 0x10/0x3f", Tables: "mangle"),
        new("TTL", static (_, _) => "-j TTL --ttl-set 9", Tables: "mangle"),
        new("HL", static (_, _) => "-j HL --hl-set 9", Tables: "mangle"),
        new("ECN", static (_, _) => "-j ECN --ecn-tcp-remove", Tables: "mangle", Protocol: "tcp"),
        new("TCPMSS", static (_, _) => "-m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu",
            Tables: "mangle filter", Protocol: "tcp"),
        new("CHECKSUM", static (_, _) => "-j CHECKSUM --checksum-fill", Tables: "mangle"),
        new("CLASSIFY", static (_, _) => "-j CLASSIFY --set-class 1:10", Tables: "mangle"),
        new("SET", static (r, p) => $"-j SET --add-set WALKADD{(p.V6 ? "6" : "")} src"),
        new("RATEEST",
            static (_, _) => "-j RATEEST --rateest-name walk --rateest-interval 250.0ms --rateest-ewmalog 500.0ms",
            Tables: "mangle"),
        new("IDLETIMER", static (_, _) => "-j IDLETIMER --timeout 600 --label walk"),
        new("AUDIT", static (_, _) => "-j AUDIT --type accept"),
        new("SECMARK", static (_, _) => "-j CONNSECMARK --save", Tables: "mangle"),
        new("HMARK",
            static (r, _) =>
                $"-j HMARK --hmark-tuple {r.Of("src,dst", "sport,dport")} --hmark-mod {r.Of(1, 8)} --hmark-offset "
                + $"0x{r.Below(3):x} --hmark-rnd 0x1", Tells: false, Tables: "mangle", Weight: 2),
        new("NFQUEUE", static (r, _) => $"-j NFQUEUE --queue-num 9{r.Of("", " --queue-bypass")}", Tells: false),
    ];

    private static string Pair(RandomChoice r) =>
        r.Chance(0.2) ? RandomChoice.Hex(r.Bits()) : $"{RandomChoice.Hex(r.Bits())}/"
            + $"{RandomChoice.Hex(r.Chance(0.7) ? r.Bits() : r.Bits() | r.Bits())}";

    private static string Bracketed(string address) =>
        address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
}
