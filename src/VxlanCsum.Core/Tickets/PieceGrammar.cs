using System.Text.RegularExpressions;
using VxlanCsum.Connections;
using VxlanCsum.Netfilter.Listings;
using VxlanCsum.TcpdumpText;
using VxlanCsum.Tunnels;

namespace VxlanCsum.Tickets;

/// <summary>How the pieces of a ticket begin and go on: by what the lines look like.</summary>
internal static partial class PieceGrammar
{
    /// <summary>The kind of the piece that begins with this line; null where none surely does.</summary>
    /// <param name="text">Stripped, without blanks around it; not empty.</param>
    public static TicketPieceKind? Begins(string text) =>
        IsPackets(text) ? TicketPieceKind.Packets
        : IsLog(text) ? TicketPieceKind.KernelLog
        : Flow().IsMatch(text) ? TicketPieceKind.Connections
        : FlowCounters().IsMatch(text) ? TicketPieceKind.ConnectionCounters
        : Link().IsMatch(text) || OldLink().IsMatch(text) ? TicketPieceKind.Links
        : IsRules(text) ? TicketPieceKind.Rules
        : Features().IsMatch(text) ? TicketPieceKind.Features
        : Driver().IsMatch(text) ? TicketPieceKind.Driver
        : text.StartsWith("NIC statistics:", StringComparison.Ordinal) ? TicketPieceKind.DeviceCounters
        : Counters().IsMatch(text) ? TicketPieceKind.Counters
        : ForwardingText.Begins(text) ? TicketPieceKind.Forwarding
        : RouteText.Begins(text) || OldRoutes().IsMatch(text) ? TicketPieceKind.Routes
        : SocketText.Begins(text) ? TicketPieceKind.Sockets
        : Table().IsMatch(text) ? TicketPieceKind.ClusterTable
        : Objects().IsMatch(text) || JsonStart().IsMatch(text) ? TicketPieceKind.ClusterObjects
        : null;

    /// <summary>Is the line one of the piece that is under way, though none would begin with it?</summary>
    /// <param name="kind">Of the piece.</param>
    /// <param name="line">Stripped, with its indentation; not blank.</param>
    public static bool GoesOn(TicketPieceKind kind, string line)
    {
        string text = line.Trim();
        bool indented = char.IsWhiteSpace(line[0]);
        return kind switch
        {
            TicketPieceKind.Packets => true,
            TicketPieceKind.KernelLog => KernelTime().IsMatch(text),
            TicketPieceKind.Rules => indented || RuleMore().IsMatch(text) || IsElision(text)
                || ListingRow.Parse(text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
                    default(ListingHead)) is not null,
            TicketPieceKind.Links => indented || LinkMore().IsMatch(text),
            TicketPieceKind.Routes => RouteMore().IsMatch(text),
            TicketPieceKind.Sockets => indented || SocketText.IsMore(text),
            TicketPieceKind.Driver => DriverMore().IsMatch(text),
            TicketPieceKind.DeviceCounters => DeviceCounter().IsMatch(text),
            TicketPieceKind.Counters => indented || CounterMore().IsMatch(text),
            TicketPieceKind.Features => FeatureMore().IsMatch(text),
            TicketPieceKind.ClusterTable => TableRow().IsMatch(text),
            TicketPieceKind.ClusterObjects => indented || ObjectMore().IsMatch(text),
            _ => false,
        };
    }

    /// <summary>Does an empty line end the piece? Some programs print them between their lines.</summary>
    public static bool EndsAtBlank(TicketPieceKind kind) =>
        kind is not (TicketPieceKind.Rules or TicketPieceKind.ClusterTable or TicketPieceKind.ClusterObjects
            or TicketPieceKind.Packets or TicketPieceKind.Links or TicketPieceKind.Counters);

    /// <summary>What a command prints; null where that is none of a ticket's pieces.</summary>
    public static TicketPieceKind? Of(string command) => Program().Match(command) is not { Success: true } program
        ? null
        : program.Groups["name"].Value switch
        {
            "tcpdump" => TicketPieceKind.Packets,
            "nft" or "ipset" => TicketPieceKind.Rules,
            "conntrack" => command.Contains(" -S", StringComparison.Ordinal) ? TicketPieceKind.ConnectionCounters
                : TicketPieceKind.Connections,
            "nstat" => TicketPieceKind.Counters,
            "netstat" => Netstat().Match(command).Groups["option"].Value switch
            {
                "s" => TicketPieceKind.Counters,
                "r" => TicketPieceKind.Routes,
                _ => TicketPieceKind.Sockets,
            },
            "dmesg" or "journalctl" => TicketPieceKind.KernelLog,
            "ethtool" => Ethtool().Match(command).Groups["option"].Value switch
            {
                "i" or "-driver" => TicketPieceKind.Driver,
                "S" or "-statistics" => TicketPieceKind.DeviceCounters,
                _ => TicketPieceKind.Features,
            },
            "ip" => IpWhat().Match(command).Groups["what"].Value switch
            {
                ['r', ..] => TicketPieceKind.Routes,
                ['l' or 'a', ..] => TicketPieceKind.Links,
                _ => null,
            },
            "ifconfig" => TicketPieceKind.Links,
            "route" => TicketPieceKind.Routes,
            "ss" => TicketPieceKind.Sockets,
            "bridge" => TicketPieceKind.Forwarding,
            _ => program.Groups["name"].Value.Contains("tables", StringComparison.Ordinal) ? TicketPieceKind.Rules
                : null,
        };

    /// <summary>A fence of Markdown.</summary>
    public static bool IsFence(string text) =>
        text.StartsWith("```", StringComparison.Ordinal) || text.StartsWith("~~~", StringComparison.Ordinal);

    private static bool IsPackets(string text)
    {
        if (TextTimestamp.TryRead(text, out _, out int length))
        {
            return AfterTime().IsMatch(text[length..]);
        }

        return TextNoise.TryReadSource(text, out _, out _, out _) || RecordState.StartsPacket(text);
    }

    // Among prose "*word" and ":word: two" are no tables and chains.
    private static bool IsRules(string text) =>
        SavedRule().IsMatch(text) || NftTable().IsMatch(text) || Set().IsMatch(text)
        || text.StartsWith("# Generated by ip", StringComparison.Ordinal)
        || ListingRow.Parse(text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), null) is not null;

    private static bool IsLog(string text) =>
        text.Contains("UDP: bad checksum. From", StringComparison.Ordinal)
        || text.Contains("hw csum failure", StringComparison.Ordinal) || LogRule().IsMatch(text);

    private static bool IsElision(string text)
    {
        string bare = text.Trim('[', ']', '(', ')', '{', '}', '<', '>', ' ', '-', '*');
        return bare.Length > 0 && (bare.Trim('.').Length == 0 || bare is "…" or "snip" or "omitted" or "truncated");
    }

    [GeneratedRegex(@"^\s*(?:[\w.@-]{1,20} +(?:In|Out|B|M|P) +)?"
        + @"(?:IP6? |IP6? ?\(|ARP,|[0-9a-f]{2}:[0-9a-f]{2}:|MPLS|STP |LLDP|ethertype|In |Out |[\w.:-]+ > )", RegexOptions.CultureInvariant)]
    private static partial Regex AfterTime();

    [GeneratedRegex(@"(?:^|[\s:])IN=\S* OUT=\S* .*\bSRC=\S+ DST=\S+ ", RegexOptions.CultureInvariant)]
    private static partial Regex LogRule();

    [GeneratedRegex(@"^\[ *\d{1,10}\.\d{6}\]", RegexOptions.CultureInvariant)]
    private static partial Regex KernelTime();

    [GeneratedRegex(@"^(?:\[\d{10}\.\d+\]\s*)?(?:\[(?:NEW|UPDATE|DESTROY)\]\s+)?(?:ipv[46]\s+\d+\s+)?"
        + @"(?:udp|tcp|icmp|icmpv6|sctp|dccp|gre|unknown)\s+\d+\s.*\bsrc=\S+ dst=", RegexOptions.CultureInvariant)]
    private static partial Regex Flow();

    [GeneratedRegex(@"^cpu=\d+\s+.*\binsert_failed=\d+", RegexOptions.CultureInvariant)]
    private static partial Regex FlowCounters();

    [GeneratedRegex(@"^\d{1,9}: [^\s:]{1,20}(?:@\S{1,40})?: <[A-Z0-9_,-]*>", RegexOptions.CultureInvariant)]
    private static partial Regex Link();

    // ifconfig, of net-tools 1 and 2.
    [GeneratedRegex(@"^[\w.@-]{1,20}(?:: flags=\d+<|\s+Link encap:)", RegexOptions.CultureInvariant)]
    private static partial Regex OldLink();

    [GeneratedRegex(@"^(?:link/\w+ |vxlan |geneve |inet6? |valid_lft |RX:? |TX:? |alias |altname |"
        + @"master |bridge_slave |veth |promiscuity |ether |\d+(?: +\d+){3,}$)", RegexOptions.CultureInvariant)]
    private static partial Regex LinkMore();

    [GeneratedRegex(@"^(?:(?:Features|Offload parameters) for \S{1,64}:$|Actual changes:$|"
        + @"(?:[a-z0-9]+-[a-z0-9_-]{2,40}|highdma|loopback|rx-all|ntuple-filters): (?:on|off)(?:\s+\[|\s*$))", RegexOptions.CultureInvariant)]
    private static partial Regex Features();

    [GeneratedRegex(@"^(?:Cannot |no features|netlink error|[a-z0-9][a-z0-9 _-]{2,40}: (?:on|off)\b)", RegexOptions.CultureInvariant)]
    private static partial Regex FeatureMore();

    [GeneratedRegex(@"^driver: [\w.-]{1,40}$", RegexOptions.CultureInvariant)]
    private static partial Regex Driver();

    [GeneratedRegex(@"^(?:version|firmware-version|expansion-rom-version|bus-info|supports-[a-z-]{1,30}):", RegexOptions.CultureInvariant)]
    private static partial Regex DriverMore();

    [GeneratedRegex(@"^[\w\[\]().,: -]{1,80}: +-?\d+$", RegexOptions.CultureInvariant)]
    private static partial Regex DeviceCounter();

    [GeneratedRegex(@"^(?:(?:Ip|Icmp|IcmpMsg|Tcp|Udp|UdpLite): [A-Z0-9-]|"
        + @"(?:Ip|Icmp|IcmpMsg|Tcp|Udp|UdpLite|Ip6|Icmp6|Udp6|UdpLite6|TcpExt|IpExt|MPTcpExt):$|"
        + @"(?:Ip6|Icmp6|Udp6|UdpLite6)[A-Z]\w{1,40}\s+\d+$|"
        + @"(?:Ip|Icmp|Tcp|Udp|Ip6|Icmp6|Udp6|UdpLite|UdpLite6|TcpExt|IpExt)[A-Z]\w{1,40}\s+\d+\s+[\d.]+$)", RegexOptions.CultureInvariant)]
    private static partial Regex Counters();

    [GeneratedRegex(@"^(?:#kernel$|[A-Z]\w{1,40}: \d+$|\d+ [a-z])", RegexOptions.CultureInvariant)]
    private static partial Regex CounterMore();

    [GeneratedRegex(@"^(?:Kernel IP(?:v6)? routing table$|Destination\s+Gateway\s+Genmask\s)", RegexOptions.CultureInvariant)]
    private static partial Regex OldRoutes();

    [GeneratedRegex(@"^(?:nexthop |cache\b|Destination\s+Gateway\s)", RegexOptions.CultureInvariant)]
    private static partial Regex RouteMore();

    [GeneratedRegex(@"\s-\w*?(?<option>[sr])", RegexOptions.CultureInvariant)]
    private static partial Regex Netstat();

    [GeneratedRegex(@"^(?:NAME +STATUS +ROLES +AGE +VERSION|(?:NAMESPACE +)?NAME +READY +STATUS +RESTARTS)", RegexOptions.CultureInvariant)]
    private static partial Regex Table();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9.-]{0,252} +\S+ +\S+", RegexOptions.CultureInvariant)]
    private static partial Regex TableRow();

    [GeneratedRegex(@"^(?:- )?apiVersion: \S+$", RegexOptions.CultureInvariant)]
    private static partial Regex Objects();

    [GeneratedRegex("^(?:\\{$|\\{\\s*\"(?:apiVersion|kind|items|nftables|metadata)\"|"
        + "\\[\\s*(?:\\{\\s*\\},\\s*)*\\{\\s*\"(?:ifname|ifindex|dst|mac|type)\"|\\[\\s*\\{$|\\[$)",
        RegexOptions.CultureInvariant)]
    private static partial Regex JsonStart();

    [GeneratedRegex(@"^(?:- |---|[A-Za-z][\w.-]{0,80}:(?:\s|$)|[}\]])", RegexOptions.CultureInvariant)]
    private static partial Regex ObjectMore();

    [GeneratedRegex(@"^(?:\*(?:nat|filter|mangle|raw|security|rawpost)$|:\S{1,60} (?:ACCEPT|DROP|-|RETURN|QUEUE)(?: \[|$)"
        + @"|\[\d+:\d+\] -[AI] |-[AINP] [\w-]|COMMIT$|Chain \S{1,60} \()", RegexOptions.CultureInvariant)]
    private static partial Regex SavedRule();

    [GeneratedRegex(@"^table (?:ip|ip6|inet|arp|bridge|netdev) \S+ \{", RegexOptions.CultureInvariant)]
    private static partial Regex NftTable();

    [GeneratedRegex(@"^(?:create|add) [\w.:-]{1,31} (?:hash:|list:|bitmap:|[0-9a-f]*[.:])", RegexOptions.CultureInvariant)]
    private static partial Regex Set();

    [GeneratedRegex(@"^(?:num |target |pkts |# |\d+ |[A-Z][A-Z0-9-]+ +\S+ +-- |\}|Name: |Type: |Header: |Members:|table |"
        + @"chain |set |map )", RegexOptions.CultureInvariant)]
    private static partial Regex RuleMore();

    [GeneratedRegex(@"^(?:[\w./-]*/)?"
        + @"(?<name>tcpdump|nft|ipset|conntrack|nstat|netstat|dmesg|journalctl|ethtool|ip|ifconfig|route|ss|bridge|ip6?tables\S*)"
        + @"(?:\s|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Program();

    [GeneratedRegex(@"\s-(?<option>i|S|k|K|-driver|-statistics|-show-offload|-show-features)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Ethtool();

    [GeneratedRegex(@"^\S+(?:\s+-\S+)*\s+(?<what>[a-z]+)", RegexOptions.CultureInvariant)]
    private static partial Regex IpWhat();
}
