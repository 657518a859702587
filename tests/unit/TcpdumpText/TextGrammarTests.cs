using VxlanCsum.Captures.Files;
using VxlanCsum.Clusters;
using Xunit;

namespace VxlanCsum.UnitTests.TcpdumpText;

/// <summary>tcpdump's words, one by one.</summary>
public sealed class TextGrammarTests
{
    private const string Udp =
        "IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 60)\n    10.0.0.1.4000 > "
        + "10.0.0.2.5000: ";
    private const string Tcp =
        "IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 60)\n    10.0.0.1.4000 > "
        + "10.0.0.2.5000: ";
    private const string Udp6 =
        "IP6 (flowlabel 0x81ccd, hlim 64, next-header UDP (17) payload length: 40) fd00::1.4000 > fd00::2.5000: ";

    [Theory]
    [InlineData(Udp + "[udp sum ok] UDP, length 32", ChecksumStatus.Good, ChecksumCause.None)]
    [InlineData(Udp + "[no cksum] UDP, length 32", ChecksumStatus.NotPresent, ChecksumCause.None)]
    [InlineData(Udp + "[bad udp cksum 0x1234 -> 0x5678!] UDP, length 32", ChecksumStatus.Bad, ChecksumCause.Corrupted)]
    [InlineData(Udp + "[bad udp cksum 0x143c -> 0x5678!] UDP, length 32", ChecksumStatus.Partial,
        ChecksumCause.OffloadPending)]
    [InlineData(Udp + "UDP, length 32", ChecksumStatus.Unverified, ChecksumCause.NotVerifiable)]
    [InlineData(Udp + "[udp sum ok] UDP, bad length 3200 > 32", ChecksumStatus.Unverified, ChecksumCause.NotVerifiable)]
    [InlineData(Udp6 + "[udp sum ok] UDP, length 32", ChecksumStatus.Good, ChecksumCause.None)]
    [InlineData(Udp6 + "[bad udp cksum 0x0000 -> 0x5678!] UDP, length 32", ChecksumStatus.Illegal, ChecksumCause.None)]
    [InlineData("IP6 (hlim 64, next-header UDP (17) payload length: 40) fd00::1.4000 > fd00::2.4789: [bad udp cksum "
        + "0x0000 -> 0x5678!] VXLAN, flags [I] (0x08), vni 7", ChecksumStatus.NotPresent, ChecksumCause.None)]
    [InlineData(Tcp + "Flags [S], cksum 0x1234 (correct), seq 1, win 1, length 20", ChecksumStatus.Good,
        ChecksumCause.None)]
    [InlineData(Tcp + "Flags [S], cksum 0x1234 (incorrect -> 0x5678), seq 1, win 1, length 20", ChecksumStatus.Bad,
        ChecksumCause.Corrupted)]
    [InlineData(Tcp + "S, cksum 0x1234 (incorrect (-> 0x5678), 1:1(0) win 5840", ChecksumStatus.Bad,
        ChecksumCause.Corrupted)]
    [InlineData(Tcp + "Flags [S], cksum 0x1431 (incorrect -> 0x5678), seq 1, win 1, length 20", ChecksumStatus.Partial,
        ChecksumCause.OffloadPending)]
    [InlineData(Tcp + "Flags [S], seq 1, win 1, length 20", ChecksumStatus.Unverified, ChecksumCause.NotVerifiable)]
    [InlineData(Tcp + "tcp 20", ChecksumStatus.Unverified, ChecksumCause.NotVerifiable)]
    public void Transport_verdicts(string text, ChecksumStatus status, ChecksumCause cause)
    {
        PacketChecksum packet = Read(text);
        Assert.Equal((status, cause), (packet.Status, packet.Cause));
    }

    [Theory]
    [InlineData("ICMP echo request, id 1, seq 1, length 40", ChecksumStatus.Good)]
    [InlineData("ICMP echo request, id 1, seq 1, length 40 (wrong icmp cksum 1234 (->567)!)", ChecksumStatus.Bad)]
    [InlineData("ICMP echo request, id 1, seq 1, length 40 (wrong icmp cksum 0 (->567)!)", ChecksumStatus.Bad)]
    [InlineData(" [|icmp]", ChecksumStatus.Unverified)]
    public void Icmp_verdicts(string words, ChecksumStatus status)
    {
        ChecksumLayer layer =
            Read($"IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 60)\n    10.0.0.1 > "
                + $"10.0.0.2: {words}").Layers[^1];
        Assert.Equal((ChecksumProtocol.Icmp, status), (layer.Protocol, layer.Status));
        Assert.Equal("10.0.0.1", layer.Source);
        Assert.Equal(status == ChecksumStatus.Bad ? 0x567u : null, layer.Expected);
    }

    [Fact]
    public void Icmp_is_not_said_to_be_right_where_the_snapshot_cut_it()
    {
        const string Packet =
            "IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 160)\n    10.0.0.1 > "
            + "10.0.0.2: ICMP echo request, id 1, seq 1, length 140";
        Assert.Equal(ChecksumStatus.Good,
            Read($"listening on eth0, link-type EN10MB (Ethernet), capture size 262144 bytes\n{Packet}").Status);
        Assert.Equal(ChecksumStatus.Unverified,
            Read($"listening on eth0, link-type EN10MB (Ethernet), capture size 96 bytes\n{Packet}").Status);
    }

    [Theory]
    [InlineData("[icmp6 sum ok] ICMP6, router solicitation, length 16", ChecksumStatus.Good)]
    [InlineData("[bad icmp6 cksum 0x1234 -> 0x5678!] ICMP6, router solicitation, length 16", ChecksumStatus.Bad)]
    [InlineData("ICMP6, router solicitation, length 16", ChecksumStatus.Unverified)]
    public void Icmp6_verdicts(string words, ChecksumStatus status) =>
        Assert.Equal(status,
            Read($"IP6 (hlim 255, next-header ICMPv6 (58) payload length: 16) fe80::1 > ff02::2: "
                + $"{words}").Layers.Single().Status);

    [Fact]
    public void Extension_headers_are_stepped_over()
    {
        ChecksumLayer layer =
            Read("IP6 (hlim 1, next-header Options (0) payload length: 36) :: > ff02::16: HBH (rtalert: 0x0000) "
                + "(padn) [icmp6 sum ok] ICMP6, multicast listener report v2, length 28").Layers.Single();
        Assert.Equal((ChecksumProtocol.IcmpV6, ChecksumStatus.Good, 28), (layer.Protocol, layer.Status, layer.Length));
        layer = Read(
            "IP6 (hlim 64, next-header Destination Options (60) payload length: 60) fd00::1 > fd00::2: DSTOPT (padn) "
            + "4000 > 5000: Flags [S], cksum 0x1234 (correct), seq 1, win 1, length 0").Layers.Single();
        Assert.Equal((ChecksumProtocol.Tcp, "[fd00::1]:4000", "[fd00::2]:5000"),
            (layer.Protocol, layer.Source, layer.Destination));
    }

    [Theory]
    [InlineData(", bad cksum 0 (->1234)!", 0u)]
    [InlineData(", bad cksum abcd (->1234)!", 0xabcdu)]
    public void A_wrong_IP_header_checksum(string words, uint found)
    {
        ChecksumLayer layer =
            Read(Udp.Replace("length 60)", $"length 60{words})", StringComparison.Ordinal)
                + "[udp sum ok] UDP, length 32").Layers[0];
        Assert.Equal((ChecksumProtocol.IPv4, ChecksumStatus.Bad, found, 0x1234u),
            (layer.Protocol, layer.Status, layer.Found, layer.Expected));
        Assert.Equal(found == 0, layer.Reason?.Contains("offload", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData("length 7042 [was 0, presumed TSO])", 7022)]
    [InlineData("length 70420 [was 0, presumed BIG TCP])", 70400)]
    public void A_super_packet_has_the_length_that_tcpdump_presumes(string words, int length) =>
        Assert.Equal(length,
            Read(Tcp.Replace("length 60)", words, StringComparison.Ordinal)
                + "Flags [.], cksum 0x1 (incorrect -> 0x2), ack 1, length 6990").Layers[^1].Length);

    [Fact]
    public void A_big_packet_over_IPv6_has_the_length_that_tcpdump_presumes() =>
        Assert.Equal(
            70000,
            Read("IP6 (hlim 64, next-header TCP (6) payload length: 0) [real length 70040, presumed BIG TCP] "
                + "fd00::1.1 > fd00::2.2: Flags [.], cksum 0x1 (incorrect -> 0x2), ack 1, length 6990").Layers[^1].Length);

    [Theory]
    [InlineData("flags [+], proto UDP (17), length 60)", "[bad udp length 2000 > 32]")]
    [InlineData("flags [+, DF], proto UDP (17), length 60)", "UDP, length 2000")]
    public void A_first_fragment_is_not_verified(string header, string words)
    {
        ChecksumLayer layer =
            Read($"IP (tos 0x0, ttl 64, id 1, offset 0, {header}\n    10.0.0.1.4000 > 10.0.0.2.5000: "
                + $"{words}").Layers[^1];
        Assert.Equal(ChecksumStatus.Unverified, layer.Status);
        Assert.Contains("fragment", layer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_fragment_has_no_ports()
    {
        PacketChecksum packet = Read(
            "IP (tos 0x0, ttl 64, id 1, offset 1480, flags [none], proto UDP (17), length 60)\n    10.0.0.1 > "
            + "10.0.0.2: udp");
        Assert.Equal(("10.0.0.1", ChecksumStatus.Unverified), (packet.Source, packet.Status));
    }

    [Fact]
    public void Sctp_is_not_verified_by_tcpdump() =>
        Assert.Equal(
            (ChecksumProtocol.Sctp, ChecksumStatus.Unverified),
            Read("IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto SCTP (132), length 60)\n    10.0.0.1.2905 "
                + "> 10.0.0.2.2905: sctp\n\t1) [DATA] (B)(E)").Layers.Select(l => (l.Protocol, l.Status)).Last());

    [Theory]
    [InlineData("Geneve, Flags [none], vni 0x1389\n\t", TunnelType.Geneve, 5001)]
    [InlineData("Geneve, Flags [C], vni 0xa, proto TEB (0x6558), options [class Linux (0x100) type 0x1 len 8 data "
        + "00000001 > (x]\n\taa:bb:cc:dd:ee:ff > 11:22:33:44:55:66, ethertype IPv4 (0x0800), length 74: ",
        TunnelType.Geneve, 10)]
    [InlineData("VXLAN, flags [I] (0x08), vni 16777215\n", TunnelType.Vxlan, 16777215)]
    [InlineData("OTV, flags [I] (0x08), overlay 0, instance 1\n", TunnelType.Vxlan, 1)]
    [InlineData("VXLAN-GPE, flags [IP], vni 77\n    ", TunnelType.VxlanGpe, 77)]
    public void Tunnels_over_UDP(string words, TunnelType type, int vni)
    {
        PacketChecksum packet = Read(
            $"17:44:04.516502 {Udp.Replace("length 60", "length 130", StringComparison.Ordinal)}[no cksum] "
            + $"{words}{Tcp.Replace("10.0.0", "10.1.1", StringComparison.Ordinal)}Flags [S], cksum 0x1234 (correct), "
            + $"seq 1, win 1, length 20");
        Assert.Equal((type, vni), (packet.TunnelType, packet.Vni));
        Assert.Equal([(0, ChecksumProtocol.IPv4), (0, ChecksumProtocol.Udp), (1, ChecksumProtocol.IPv4),
            (1, ChecksumProtocol.Tcp)], packet.Layers.Select(l => (l.Depth, l.Protocol)));
        Assert.Equal(("10.0.0.1:4000", "10.1.1.1:4000"), (packet.OuterSource, packet.Source));
    }

    [Theory]
    [InlineData("GRE (47)", "GREv0, Flags [key present], key=0x12345602, proto TEB (0x6558), length 64\n\t",
        TunnelType.Nvgre, 0x123456)]
    [InlineData("GRE (47)", "GREv0, Flags [none], length 64\n\t", TunnelType.Gre, null)]
    [InlineData("IPIP (4)", "", TunnelType.IpIp, null)]
    public void Tunnels_over_IP(string protocol, string words, TunnelType type, int? vni)
    {
        PacketChecksum packet = Read(
            $"17:44:04.516502 IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto {protocol}, length 100)\n    "
            + $"10.0.0.1 > 10.0.0.2: {words}{Tcp}Flags [S], cksum 0x1234 (correct), seq 1, win 1, length 20");
        Assert.Equal((type, vni, 1), (packet.TunnelType, packet.Vni, packet.Layers[^1].Depth));
        Assert.Equal("10.0.0.1", packet.OuterSource);
    }

    [Fact]
    public void A_checksum_of_GRE_is_not_verified_by_tcpdump() =>
        Assert.Contains(
            Read($"17:44:04.516502 IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto GRE (47), length 100)\n  "
                + $"  10.0.0.1 > 10.0.0.2: GREv0, Flags [checksum present], sum 0x1234, off 0x0, length "
                + $"64\n\t{Tcp}Flags [S], cksum 0x1234 (correct), length 20").Layers,
            layer => layer is { Protocol: ChecksumProtocol.Gre, Status: ChecksumStatus.Unverified });

    [Fact]
    public void A_header_quoted_in_an_ICMP_error_is_no_checksum_of_the_packet()
    {
        string text =
            $"IP (tos 0xc0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 88)\n    10.0.0.2 > "
            + $"10.0.0.1: ICMP 10.0.0.2 udp port 5000 unreachable, length 68\n\t{Udp}[bad udp cksum 0x1234 -> "
            + $"0x5678!] UDP, length 32\n";
        TextReading reading = TextReading.Of(text + text.Replace("\t", string.Empty, StringComparison.Ordinal));
        Assert.Equal(2, reading.Packets.Count);
        Assert.All(reading.Packets,
            packet => Assert.Equal((ChecksumStatus.Good, 2), (packet.Status, packet.Layers.Count)));
    }

    [Theory]
    [InlineData("\t17:44:05.516502 IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length "
        + "60)\n\t6.6.6.6.1 > 7.7.7.7.2: [bad udp cksum 0x1 -> 0x2!] UDP, length 32")]
    [InlineData("\t6.6.6.6.1 > 7.7.7.7.2: [bad udp cksum 0x1 -> 0x2!] VXLAN, flags [I] (0x08), vni 1")]
    [InlineData("\t# tcpdump -nn\n\tlistening on evil0, link-type EN10MB (Ethernet), capture size 10 bytes")]
    [InlineData("\tIP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 60)")]
    public void Lines_of_a_payload_begin_no_packet(string payload)
    {
        string http = $"{Tcp}Flags [P.], cksum 0x1234 (correct), seq 1:9, ack 1, length 8: HTTP, length: 8\n{payload}";
        foreach (string text in new[] { $"17:44:04.516502 {http}", http,
            "> " + http.Replace("\n", "\n> ", StringComparison.Ordinal) })
        {
            IReadOnlyList<PacketChecksum> packets = TextReading.Of($"{text}\n{Udp}[udp sum ok] UDP, length 32").Packets;
            Assert.Equal(2, packets.Count);
            Assert.All(packets,
                packet => Assert.Equal((ChecksumStatus.Good, "10.0.0.1:4000", null),
                    (packet.Status, packet.Source, packet.Interface)));
        }
    }

    [Fact]
    public void A_payload_that_imitates_a_packet_is_none()
    {
        PacketChecksum packet = Read(
            $"17:44:04.516502 {Tcp}Flags [P.], cksum 0x1234 (correct), seq 1:9, ack 1, length 8: HTTP, length: "
            + $"8\n\tIP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 60)\n\t6.6.6.6.1 > "
            + $"7.7.7.7.2: [bad udp cksum 0x1 -> 0x2!] VXLAN, flags [I] (0x08), vni 1");
        Assert.Equal((ChecksumStatus.Good, TunnelType.None, "10.0.0.1:4000"),
            (packet.Status, packet.TunnelType, packet.Source));
    }

    [Theory]
    [InlineData("10.0.0.1.4000 > 10.0.0.2.5000: Flags [S], cksum 0x1425 (incorrect -> 0x5678), seq 1, win 1, options "
        + "[mss 1460,nop,wscale 7], length 0", ChecksumStatus.Partial)]
    [InlineData("10.0.0.1.4000 > 10.0.0.2.5000: Flags [S], cksum 0x1425 (incorrect -> 0x5678), seq 1, win 1, options "
        + "[mss 1460,unknown-99], length 0", ChecksumStatus.Unverified)]
    [InlineData("10.0.0.1.4000 > 10.0.0.2.5000: [bad udp cksum 0x143c -> 0x5678!] UDP, length 32",
        ChecksumStatus.Partial)]
    [InlineData("10.0.0.1.4000 > 10.0.0.2.5000: [bad udp cksum 0x143c -> 0x5678!] NTPv4", ChecksumStatus.Unverified)]
    public void A_line_without_its_header_has_the_length_that_the_transport_prints(string text,
        ChecksumStatus status) =>
        Assert.Equal(status, Read(text).Status);

    [Fact]
    public void IP_options_hide_the_length_but_not_a_seed()
    {
        // Record route, 40 bytes of options: the segment is 20 bytes shorter than the sum of what is printed says at
        // best.
        string text = Udp.Replace("length 60)", "length 100, options (RR 0.0.0.0, EOL))", StringComparison.Ordinal)
            + "[bad udp cksum 0x143c -> 0x5678!] NTPv4";
        Assert.Equal(ChecksumStatus.Partial, Read(text).Status);
    }

    [Theory]
    [InlineData("IP 10.0.0.1.4000 > 10.0.0.2.5000: Flags [S], seq 1, win 1, length 0", ChecksumProtocol.Tcp)]
    [InlineData("17:44:04.516502 IP 10.0.0.1.4000 > 10.0.0.2.5000: UDP, length 32", ChecksumProtocol.Udp)]
    [InlineData("aa:bb:cc:dd:ee:ff > 11:22:33:44:55:66, ethertype IPv4 (0x0800), length 74: 10.0.0.1.4000 > "
        + "10.0.0.2.5000: Flags [S], seq 1, win 1, length 0", ChecksumProtocol.Tcp)]
    public void Without_v_nothing_is_verified(string text, ChecksumProtocol protocol)
    {
        PacketChecksum packet = Read(text);
        Assert.Equal((protocol, ChecksumStatus.Unverified), (packet.Layers.Single().Protocol, packet.Status));
        Assert.Equal(("10.0.0.1:4000", "10.0.0.2:5000"), (packet.Source, packet.Destination));
    }

    [Theory]
    [InlineData("17:44:04.516502 ARP, Ethernet (len 6), IPv4 (len 4), Request who-has 10.244.2.1 tell 10.244.1.0, "
        + "length 28")]
    [InlineData("17:44:04.516502 STP 802.1w, Rapid STP, Flags [Learn, Forward], bridge-id "
        + "18b6.00:de:fb:bb:23:41.8089, length 42")]
    [InlineData("17:44:04.516502 aa:bb:cc:dd:ee:ff > 11:22:33:44:55:66, ethertype LLDP (0x88cc), length 60: LLDP, "
        + "length 46")]
    public void Other_protocols_are_packets_without_checksums(string text)
    {
        PacketChecksum packet = Read(text);
        Assert.Equal((ChecksumStatus.NotPresent, ChecksumCause.None, 0),
            (packet.Status, packet.Cause, packet.Layers.Count));
    }

    [Theory]
    [InlineData("eth0  In  ", "eth0", LinkType.LinuxSll2)]
    [InlineData("cali0123456789a Out ", "cali0123456789a", LinkType.LinuxSll2)]
    [InlineData("aa:bb:cc:dd:ee:ff (oui Unknown) > 11:22:33:44:55:66 (oui Unknown), ethertype 802.1Q (0x8100), "
        + "length 78: vlan 10, p 0, ethertype IPv4 (0x0800), ", null, LinkType.Ethernet)]
    [InlineData("MPLS (label 16, tc 0, [S], ttl 255)\n\t", null, LinkType.Raw)]
    [InlineData("PPPoE  [ses 0x17] ", null, LinkType.Raw)]
    public void Link_layers(string link, string? name, LinkType type)
    {
        PacketChecksum packet = Read($"17:44:04.516502 {link}{Udp}[udp sum ok] UDP, length 32");
        Assert.Equal((ChecksumStatus.Good, name, type, 2),
            (packet.Status, packet.Interface, packet.LinkType, packet.Layers.Count));
    }

    [Theory]
    [InlineData("user@node:~$ tcpdump -nn")]
    [InlineData("[root@node ~]# ")]
    [InlineData("# tcpdump -vv")]
    [InlineData("```")]
    [InlineData("^C")]
    [InlineData("^C12 packets captured")]
    [InlineData("0 packets dropped by kernel")]
    [InlineData("--")]
    [InlineData("...")]
    [InlineData("tcpdump: verbose output suppressed, use -v[v]... for full protocol decode")]
    [InlineData("dropped privs to tcpdump")]
    [InlineData("<details><summary>output</summary>")]
    public void Noise_is_no_loss(string noise)
    {
        string packet = Udp + "[udp sum ok] UDP, length 32";
        TextReading reading = TextReading.Of($"{noise}\n{packet}\n{noise}\n{packet}\n{noise}");
        Assert.Equal(2, reading.Packets.Count);
        Assert.Empty(reading.Unreadable);
    }

    [Fact]
    public void What_cannot_be_read_is_told_with_its_lines()
    {
        TextReading reading = TextReading.Of(
            $"Some prose,\nof two lines\n\n{Udp}[udp sum ok] UDP, length 32\n\nmore\n{Tcp.Split('\n')[0]}\n");
        Assert.Single(reading.Packets);
        Assert.Equal([(1L, 2L), (7L, 7L), (8L, 8L)],
            reading.Unreadable.Select(text => (text.FirstLine, text.LastLine)));
        Assert.Contains("Some prose,", reading.Unreadable[0].Message, StringComparison.Ordinal);
        Assert.Contains("without its addresses", reading.Unreadable[2].Message, StringComparison.Ordinal);
    }

    private static PacketChecksum Read(string text) => Assert.Single(TextReading.Of(text).Packets);
}
