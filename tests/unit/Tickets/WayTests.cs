using VxlanCsum.Node.Clusters;
using VxlanCsum.Tickets;
using VxlanCsum.Tunnels;
using Xunit;

namespace VxlanCsum.UnitTests.Tickets;

/// <summary>Routes, forwarding entries, sizes, drivers' counters and sockets in a ticket: read, and said as what they
/// are: another fault, or a sign.</summary>
public sealed class WayTests
{
    private const string Link = """
        # ip -d link show
        2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP
        5: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN
            vxlan id 1 local 192.0.2.7 dev eth0 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300 udpcsum
        """;

    private const string Nodes = """
        # kubectl get nodes -o wide
        NAME   STATUS   ROLES    AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE   KERNEL-VERSION   CONTAINER-RUNTIME
        n7     Ready    <none>   1d    v1.29.1   192.0.2.7     <none>        Debian GNU/Linux 12   6.1.0-18-amd64   containerd://1.7.13
        n8     Ready    <none>   1d    v1.29.1   192.0.2.8     <none>        Debian GNU/Linux 12   6.1.0-18-amd64   containerd://1.7.13
        n9     Ready    <none>   1d    v1.29.1   192.0.2.9     <none>        Debian GNU/Linux 12   6.1.0-18-amd64   containerd://1.7.13
        """;

    private const string WellRoutes = """
        # ip route
        default via 192.0.2.1 dev eth0 proto dhcp metric 100
        10.42.8.0/24 via 10.42.8.0 dev flannel.1 onlink
        10.42.9.0/24 via 10.42.9.0 dev flannel.1 onlink
        192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.7
        """;

    private const string WellEntries = """
        # bridge fdb show dev flannel.1
        7e:00:00:00:00:08 dst 192.0.2.8 self permanent
        7e:00:00:00:00:09 dst 192.0.2.9 self permanent
        """;

    private const string Pretty = """
        [ {
                "ifindex": 4,
                "ifname": "flannel.1",
                "flags": [ "BROADCAST","UP","LOWER_UP" ],
                "mtu": 1450,
                "linkinfo": {
                    "info_kind": "vxlan",
                    "info_data": {
                        "id": 1,
                        "local": "192.0.2.7",
                        "link": "eth0",
                        "port_range": {
                            "low": 0,
                            "high": 0
                        },
                        "port": 8472,
                        "learning": false,
                        "udp_csum": true,
                        "udp_zero_csum6_tx": false,
                        "udp_zero_csum6_rx": false
                    }
                }
            } ]
        """;

    [Fact]
    public void A_right_way_is_not_remarked()
    {
        TicketContent ticket = Read(Link, Nodes, WellRoutes, WellEntries);
        Assert.Equal((4, 2), (ticket.Routes.Count, ticket.Forwarding.Count));
        Assert.Empty(WayRemarks.Of(ticket));
    }

    [Theory]
    [InlineData("10.42.9.0/24 via 10.42.9.0 dev flannel.1 onlink", "blackhole 10.42.9.0/24", "RouteRefuses",
        "blackhole 10.42.9.0/24")]
    [InlineData("10.42.9.0/24 via 10.42.9.0 dev flannel.1 onlink", "unreachable 10.42.9.0/24 proto static metric 1",
        "RouteRefuses", "unreachable 10.42.9.0/24")]
    [InlineData("192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.7", "192.0.2.0/24 dev flannel.1 scope link",
        "TunnelRoutedIntoItself", "192.0.2.8")]
    [InlineData("src 192.0.2.7", "src 192.0.2.7 mtu lock 1400", "RouteMtuTooSmall", "1400")]
    [InlineData("dev flannel.1 onlink", "dev eth0", "NoRouteIntoTunnel", "flannel.1")]
    [InlineData("dst 192.0.2.9", "dst 192.0.2.77", "ForwardingWrong", "192.0.2.77")]
    [InlineData("dst 192.0.2.9", "dst 192.0.2.7", "ForwardingToItself", "192.0.2.7")]
    [InlineData("7e:00:00:00:00:09 dst 192.0.2.9 self permanent", "", "ForwardingAbsent", "n9 (192.0.2.9)")]
    public void A_wrong_way_is_another_fault(string right, string wrong, string id, string named)
    {
        string text = string.Join('\n', Link, Nodes, WellRoutes, WellEntries);
        Assert.Contains(right, text, StringComparison.Ordinal);
        TicketContent ticket = Read(text.Replace(right, wrong, StringComparison.Ordinal));
        Assert.Contains(WayRemarks.Of(ticket), r => r.Id == id
            && r.Message.Contains(named, StringComparison.Ordinal)
            && r.Message.Contains("not this fault", StringComparison.Ordinal)
            && r.Evidence[^1].StartsWith("Next: ", StringComparison.Ordinal));
        NodeDiagnosis diagnosis = Judge(ticket);
        Assert.Contains(diagnosis.Brief.Lines, l => l.Label == "Seen"
            && l.Text.Contains("not this fault", StringComparison.Ordinal));
        Assert.Equal(Judge(Read(Link, Nodes)).Verdict, diagnosis.Verdict);
    }

    /// <summary>Calico's block of the node's own pods; the kernel's missing default; what the plugin printed through
    /// grep.</summary>
    [Theory]
    [InlineData("blackhole 10.42.7.0/26 proto 80")]
    [InlineData("blackhole 10.42.7.0/26\n10.42.7.3 dev cali123 scope link")]
    [InlineData("unreachable default dev lo metric 4294967295 error -101")]
    [InlineData("blackhole 10.1.0.0/16 table 100")]
    public void What_is_as_it_should_be_is_not_remarked(string routes) =>
        Assert.Empty(WayRemarks.Of(Read(Link, WellRoutes + "\n" + routes)));

    [Fact]
    public void Old_tables_of_routes_are_read()
    {
        TicketContent ticket = Read("""
            $ route -n
            Kernel IP routing table
            Destination     Gateway         Genmask         Flags Metric Ref    Use Iface
            0.0.0.0         192.0.2.1       0.0.0.0         UG    0      0        0 eth0
            10.42.8.0       10.42.8.0       255.255.255.0   UG    0      0        0 flannel.1
            10.42.9.0       -               255.255.255.0   !H    0      -        0 -
            """);
        Assert.Equal(["default via 192.0.2.1 dev eth0", "10.42.8.0/24 via 10.42.8.0 dev flannel.1",
            "unreachable 10.42.9.0/24"], ticket.Routes.Select(static r => r.ToString()));
        Assert.Equal("Routes, 3 routes, 1 to nowhere",
            string.Join('|', ticket.Pieces.Select(static p => $"{p.Kind}, {p.Summary}")));
    }

    [Fact]
    public void An_answer_of_ip_route_get_tells_the_size_of_the_way()
    {
        TicketContent ticket = Read(Link, WellEntries, """
            $ ip route get 192.0.2.9
            192.0.2.9 dev eth0 src 192.0.2.7 uid 0
                cache expires 590sec mtu 1300
            """);
        Assert.Equal("RouteMtuTooSmall", Assert.Single(WayRemarks.Of(ticket)).Id);
    }

    /// <summary>As iproute2 6.1 prints it: without and with -p, and with empty objects for what was filtered out.</summary>
    [Theory]
    [InlineData(Pretty, true)]
    [InlineData(Pretty, false)]
    public void A_tunnel_is_the_same_from_json_as_from_text(string pretty, bool isOneLine)
    {
        string json = isOneLine ? "[{},{}," + string.Concat(pretty.Split((char[]?)null,
            StringSplitOptions.RemoveEmptyEntries))[1..] : pretty;
        VxlanInterface text = Assert.Single(Read(Link).Tunnels),
            read = Assert.Single(Read("root@n7:~# ip -j -d link show", json).Tunnels),
            alone = Assert.Single(LinkText.Read("text", json.Split('\n')).Tunnels);
        Assert.Equal(text with { Index = 4, UnderlyingMtu = null, UdpZeroChecksum6Tx = false, UdpZeroChecksum6Rx = false },
            read);
        Assert.Equal(read, alone);
    }

    [Fact]
    public void Json_of_a_hundred_devices_in_one_line_is_read_whole_and_a_cut_one_in_part()
    {
        string one = string.Join(',', Enumerable.Range(1, 400).Select(static i => $$"""
            {"ifindex":{{i}},"ifname":"veth{{i}}","flags":["UP"],"mtu":1450,"linkinfo":{"info_kind":"veth"},"address":"02:00:00:00:00:01"}
            """.Trim()));
        Assert.True(one.Length > 40_000);
        TicketContent whole = Read("$ ip -j link", "[" + one + "]", "# dmesg", "UDP: bad checksum. From "
            + "192.0.2.8:4711 to 192.0.2.7:8472 ulen 75");
        Assert.Equal((400, 1), (whole.Links.Count, whole.KernelLog.Complaints.Count));
        TicketContent cut = Read("[" + one[..30_000]);
        Assert.InRange(cut.Links.Count, 100, 399);
        Assert.Contains("line 1: not the JSON of `ip -j`", Assert.Single(cut.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_left_of_a_long_list_of_devices_is_said()
    {
        LinkText cut = LinkText.Read("text", Pretty[..^40].Split('\n'));
        Assert.Contains("damaged or cut off at line", cut.Left, StringComparison.Ordinal);
        Assert.Null(LinkText.Read("text", Pretty.Split('\n')).Left);
        LinkText many = LinkText.Read("text", Enumerable.Range(1, 100_001).Select(static i =>
            $"{i}: veth{i}: <UP> mtu 1450"));
        Assert.Equal((100_000, "it has more than 100,000 devices, or more than 24 MiB of JSON"),
            (many.Links.Count, many.Left));
    }

    [Theory]
    [InlineData("blackhole 10.{0}.{1}.0/24", TicketPieceKind.Routes)]
    [InlineData("SYN-SENT 0 1 10.0.0.1:4711 10.96.{0}.{1}:443", TicketPieceKind.Sockets)]
    [InlineData("UDP: bad checksum. From 10.0.{0}.{1}:4711 to 192.0.2.7:8472 ulen 75", TicketPieceKind.KernelLog)]
    [InlineData("aa:bb:cc:00:{0:x2}:{1:x2} dev flannel.1 dst 10.0.0.1 self permanent", TicketPieceKind.Forwarding)]
    public void More_than_can_be_held_is_said_and_no_further_text_is_asked_for(string line, TicketPieceKind kind)
    {
        var reader = new TicketReader(static _ => [], CancellationToken.None);
        reader.Add(new TicketSource("first.txt", [.. Enumerable.Range(0, 60_000).Select(i => Line(line, i))]));
        Assert.False(reader.IsFull);
        reader.Add(new TicketSource("second.txt", [.. Enumerable.Range(0, 60_000).Select(i => Line(line, i))]));
        Assert.True(reader.IsFull);
        TicketContent ticket = reader.Complete();
        Assert.Equal(TicketReader.MostKept, ticket.Kept, tolerance: 10);
        Assert.All(ticket.Pieces, p => Assert.Equal(kind, p.Kind));
        Assert.Equal("second.txt line 40", Assert.Single(ticket.Problems)[..18]);
    }

    private static string Line(string format, int i) =>
        string.Format(System.Globalization.CultureInfo.InvariantCulture, format, (i >> 8) & 255, i & 255);

    [Fact]
    public void Routes_and_entries_are_read_from_json()
    {
        TicketContent ticket = Read("""
            [{"dst":"default","gateway":"192.0.2.1","dev":"eth0","protocol":"dhcp","flags":[]},
            {"dst":"10.99.0.0/16","dev":"eth0","scope":"link","flags":["linkdown"],"metrics":[{"mtu":1400}]},
            {"type":"blackhole","dst":"10.42.9.0/24","flags":[]}]

            [{"mac":"33:33:00:00:00:01","ifname":"eth0","flags":["self"],"state":"permanent"},
            {"mac":"7E:00:00:00:00:08","ifname":"flannel.1","dst":"192.0.2.8","flags":["self"],"state":"permanent"}]
            """);
        Assert.Equal(["Routes, 3 routes, 1 to nowhere", "Forwarding, 1 entry of flannel.1"],
            ticket.Pieces.Select(static p => $"{p.Kind}, {p.Summary}"));
        Assert.Equal(1400, ticket.Routes[1].Mtu);
        Assert.Equal("7e:00:00:00:00:08", Assert.Single(ticket.Forwarding).Station);
    }

    [Theory]
    [InlineData("ixgbe", "     rx_packets: 5\n     rx_csum_offload_errors: 17", "rx_csum_offload_errors 17")]
    [InlineData("be2net", "     rx_udp_checksum_errs: 4", "rx_udp_checksum_errs 4")]
    [InlineData("i40e", "     port.rx_csum_bad: 9", "port.rx_csum_bad 9")]
    [InlineData("sfc", "     rx_inner_tcp_udp_chksum_err: 3", "rx_inner_tcp_udp_chksum_err 3")]
    [InlineData("ena", "     queue_0_rx_bad_csum: 2", "queue_0_rx_bad_csum 2")]
    public void A_drivers_own_counters_are_a_sign(string driver, string counters, string shown)
    {
        NodeDiagnosis diagnosis = Judge(Read("$ ethtool -i eth0", $"driver: {driver}", "$ ethtool -S eth0",
            "NIC statistics:", counters));
        DiagnosisFinding finding = Assert.Single(diagnosis.Findings, static f => f.Id == "DeviceChecksumErrors");
        Assert.Equal((FindingSeverity.Information, "eth0 " + shown), (finding.Severity, finding.Evidence[0]));
        Assert.DoesNotContain(diagnosis.Findings, static f => f.Severity is FindingSeverity.Warning
            or FindingSeverity.Fault);
    }

    [Fact]
    public void Counters_that_do_not_say_wrong_checksums_are_no_sign()
    {
        TicketContent ticket = Read("NIC statistics:", "     rx_csum_none: 40", "     rx_csum_unnecessary: 9",
            "     rx_crc_errors: 3", "     rx_queue_0_csum_unchecked: 4", "     rx_csum_offload_errors: 0");
        Assert.Equal("rx_csum_offload_errors 0", Assert.Single(ticket.Pieces).Summary);
        Assert.Empty(CountRemarks.Of(ticket));
    }

    [Theory]
    [InlineData("""
        $ ss -tino
        State    Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess
        SYN-SENT 0      1         10.0.10.14:36352   10.96.0.10:53   timer:(on,012ms,1)
        	 bbr rto:1000 mss:524 pmtu:1500 rcvmss:88 advmss:1460 cwnd:1 segs_out:1 unacked:1 lost:1
        ESTAB    0      1348   10.0.10.14:36354   10.42.8.4:8080
        	 cubic wscale:7,7 rto:1600 backoff:3 rtt:0.4/0.2 mss:1398 pmtu:1450 retrans:1/4 unacked:1
        """, "SynUnanswered SegmentsSentAgain", "2 sockets, 1 without an answer to the SYN")]
    [InlineData("""
        $ netstat -ant
        Active Internet connections (servers and established)
        Proto Recv-Q Send-Q Local Address           Foreign Address         State
        tcp        0      1 10.0.10.14:36352        10.96.0.10:53           SYN_SENT
        tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN
        """, "SynUnanswered", "2 sockets, 1 without an answer to the SYN")]
    [InlineData("TCP:   2 (estab 0, closed 2, orphaned 0, timewait 0)\n\nTransport Total     IP        IPv6\nUDP\t  1         1         0",
        "", "only totals: nothing of checksums")]
    public void Sockets_tell_what_they_wait_for(string text, string ids, string summary)
    {
        TicketContent ticket = Read(text);
        Assert.Equal(ids, string.Join(' ', CountRemarks.Of(ticket).Select(static r => r.Id)));
        Assert.Equal(summary, Assert.Single(ticket.Pieces, static p => p.Kind == TicketPieceKind.Sockets).Summary);
    }

    [Theory]
    [InlineData(1450, 1500, false)]
    [InlineData(1450, 1499, true)]
    [InlineData(8951, 9000, true)]
    public void A_tunnel_that_takes_too_large_packets_is_remarked(int inner, int outer, bool isTooLarge)
    {
        NodeDiagnosis diagnosis = Judge(Read(Link.Replace("mtu 1450", $"mtu {inner}", StringComparison.Ordinal)
            .Replace("mtu 1500", $"mtu {outer}", StringComparison.Ordinal)));
        Assert.Equal(isTooLarge, diagnosis.Findings.Any(static f => f.Id == "TunnelPacketsTooLarge"));
        Assert.Equal(isTooLarge, diagnosis.Brief.Lines.Any(static l => l.Label == "Seen"));
    }

    private static TicketContent Read(params string[] texts)
    {
        var reader = new TicketReader(KubeYaml.ToJson, CancellationToken.None);
        reader.Add(new TicketSource("text", string.Join('\n', texts).Split('\n')));
        return reader.Complete();
    }

    private static NodeDiagnosis Judge(TicketContent ticket) =>
        TicketDiagnosis.Of(ticket, null, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), CancellationToken.None);
}
